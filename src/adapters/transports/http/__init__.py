"""HTTP below every dialect: the server and its connections, answers, problems, probes, origins."""
