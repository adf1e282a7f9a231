"""A phone without hardware that speaks the Roost phone protocol; its SIMs belong to a simulated carrier."""
