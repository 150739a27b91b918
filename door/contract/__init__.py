"""What the door says of itself: schemas, examples, the OpenAPI document."""
