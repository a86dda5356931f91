# data of the test suite
HOST=	www.example.org
