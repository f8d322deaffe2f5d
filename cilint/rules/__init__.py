"""Rules as data: read, checked, compiled and judged by; and the policies that choose among them."""
