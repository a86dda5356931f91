# Files made at build time; included by the Makefile. generated: headers or sources; generated_obj: their objects.
generated :=
generated_obj :=

# --- schemas: store/schema/NAME-0001.sql, NAME-0002.sql ... become store/schema_NAME.h -----------------
schema_dir := ravensys/lib/store/schema
schema_names := $(sort $(foreach f,$(notdir $(wildcard $(schema_dir)/*-*.sql)),$(firstword $(subst -, ,$(f)))))

define schema_rule
generated += $(B)/gen/store/schema_$(1).h
$(B)/gen/store/schema_$(1).h: $(sort $(wildcard $(schema_dir)/$(1)-*.sql)) ravensys/embed-schema
	@mkdir -p $$(@D)
	sh ravensys/embed-schema $(1) $$(filter %.sql,$$^) > $$@.tmp && mv $$@.tmp $$@
endef
$(foreach n,$(schema_names),$(eval $(call schema_rule,$(n))))
