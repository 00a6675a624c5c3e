"""What carries payloads to the app: deliveries with retries, Socket Mode, HTTP mode, and the record of it all."""
