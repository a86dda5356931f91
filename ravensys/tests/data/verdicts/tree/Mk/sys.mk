# data of the test suite
.MAKE.EXPAND_VARIABLES?=	yes
