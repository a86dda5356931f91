# SPDX-License-Identifier: ISC
#
# USES=cpe: ravenadm writes the CPE name into the package; nothing to do here.
