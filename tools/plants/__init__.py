"""Known bugs, planted one by one: proof that the tests would notice them (`make plant`)."""
