"""Pages for three audiences, one blueprint each: public, console, unit."""
