# Files made at build time; included by the Makefile. generated: headers or sources; generated_obj: their objects.
generated :=
generated_obj :=
