# SPDX-License-Identifier: ISC
#
# Default branch of each family of ports that exists in several branches, and the release of each
# branch.  EXTRACT_VERSION(NAME) in a recipe reads a variable of this file.  What has a release here
# is a branch that recipes may name (perl:540, BROKEN_PGSQL= 17): ravenadm knows none by itself.
# SSL libraries have no releases here; SSL_BRANCHES lists them.
# A profile chooses another branch with  DEFAULT_VERSIONS= perl5=5.42 ssl=openssl30 ...

.if !defined(_RAVEN_VERSIONS_MK)
_RAVEN_VERSIONS_MK=	yes

.for _v in ${DEFAULT_VERSIONS}
${_v:C/=.*//:tu}_DEFAULT=	${_v:C/^[^=]*=//}
.endfor

LUA_DEFAULT?=		5.4
MYSQL_DEFAULT?=		oracle-8.0
PERL5_DEFAULT?=		5.40
PGSQL_DEFAULT?=		17
PHP_DEFAULT?=		8.4
PYTHON3_DEFAULT?=	3.13
RUBY_DEFAULT?=		3.4
SSL_DEFAULT?=		libressl
SSL_BRANCHES=		libressl libressl-devel openssl30
TCL_DEFAULT?=		8.6

LUA_5.2_VERSION=	5.2.4
LUA_5.3_VERSION=	5.3.6
LUA_5.4_VERSION=	5.4.4
LUA_5.5_VERSION=	5.5.0

MYSQL_innovation_VERSION=	9.7.1
MYSQL_oracle-8.0_VERSION=	8.0.46
MYSQL_oracle-8.4_VERSION=	8.4.10
MYSQL_mariadb-10.6_VERSION=	10.6.27
MYSQL_mariadb-10.11_VERSION=	10.11.18
MYSQL_mariadb-11.4_VERSION=	11.4.12
MYSQL_mariadb-11.8_VERSION=	11.8.8
MYSQL_mariadb-BE_VERSION=	12.3.2

PERL_5.40_VERSION=	5.40.3
PERL_5.42_VERSION=	5.42.2

PGSQL_14_VERSION=	14.23
PGSQL_15_VERSION=	15.18
PGSQL_16_VERSION=	16.14
PGSQL_17_VERSION=	17.10
PGSQL_18_VERSION=	18.4

PHP_8.3_VERSION=	8.3.32
PHP_8.4_VERSION=	8.4.23
PHP_8.5_VERSION=	8.5.8

PIP_3.13_VERSION=	26.1.2
PIP_3.14_VERSION=	26.1.2
PYTHON_3.13_VERSION=	3.13.14
PYTHON_3.14_VERSION=	3.14.6

RUBY_3.3_VERSION=	3.3.11
RUBY_3.4_VERSION=	3.4.9
RUBY_4.0_VERSION=	4.0.6

TCL_8.6_VERSION=	8.6.16
TCL_9.0_VERSION=	9.0.4

.endif
