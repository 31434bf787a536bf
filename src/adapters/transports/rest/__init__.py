"""REST and SSE: the OpenAPI document's operations as calls of the pipeline."""
