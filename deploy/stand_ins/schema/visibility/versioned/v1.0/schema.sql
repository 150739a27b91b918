CREATE TABLE stand_in (n int);
