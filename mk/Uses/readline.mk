# SPDX-License-Identifier: ISC
#
# USES=readline: ravenadm adds the dependencies on the readline port; nothing to do here.
