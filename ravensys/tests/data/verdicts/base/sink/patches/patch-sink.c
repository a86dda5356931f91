--- sink.c.orig
+++ sink.c
@@ -1 +1 @@
-a
+b
