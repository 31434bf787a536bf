"""Local protoc plugins that buf.gen.yaml runs."""
