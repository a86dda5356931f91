# The branches that the recipes here are made with, whatever mk/ has by now.
LUA_DEFAULT?=		5.4
MYSQL_DEFAULT?=		oracle-8.0
PERL5_DEFAULT?=		5.40
PGSQL_DEFAULT?=		17
PHP_DEFAULT?=		8.4
PYTHON3_DEFAULT?=	3.13
RUBY_DEFAULT?=		3.4
SSL_DEFAULT?=		libressl
TCL_DEFAULT?=		8.6

.for branch in 5.2 5.3 5.4 5.5
LUA_${branch}_VERSION=	${branch}.1
.endfor
MYSQL_oracle-8.0_VERSION=	8.0.1
.for branch in 5.40 5.42
PERL_${branch}_VERSION=	${branch}.1
.endfor
PGSQL_17_VERSION=	17.1
PHP_8.3_VERSION=	8.3.1
PHP_8.4_VERSION=	8.4.1
PHP_8.5_VERSION=	8.5.1
PYTHON_3.13_VERSION=	3.13.1
PYTHON_3.14_VERSION=	3.14.1
RUBY_3.3_VERSION=	3.3.1
RUBY_3.4_VERSION=	3.4.1
RUBY_4.0_VERSION=	4.0.1
SSL_BRANCHES=		libressl libressl-devel openssl30
TCL_8.6_VERSION=	8.6.1
TCL_9.0_VERSION=	9.0.1
