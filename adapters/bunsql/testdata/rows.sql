INSERT INTO auth_user VALUES (1, 'pbkdf2_sha256$1000$s$h', '2026-11-23 02:33:49.160870', 0, 'Ann', 'Müller', 'ann@example.com', 1, 1, '2026-11-23 02:33:49', 'Ann');
INSERT INTO auth_user VALUES (2, '!unusable', NULL, 1, 'bob', '', '', 0, 0, '2026-11-23 02:33:49.000001', '');
INSERT INTO auth_user VALUES (3, '!unusable', NULL, 0, 'ann', '', '', 0, 1, '2026-11-23 02:33:49.000001', '');
INSERT INTO account_emailaddress VALUES (1, 1, 1, 1, 'ann@example.com');
INSERT INTO authtoken_token VALUES ('00112233445566778899aabbccddeeff00112233', '2026-11-23 02:33:49.500000', 1);
INSERT INTO django_session VALUES ('abcdefghijklmnopqrstuvwxyz012345', 'sealed', '2026-12-07 02:33:49.160870');
INSERT INTO django_site VALUES (1, 'Example', 'example.org');
INSERT INTO django_content_type VALUES (7, 'auth', 'user');
INSERT INTO auth_permission VALUES (3, 7, 'add_user', 'Can add user');
INSERT INTO django_migrations VALUES
    (1, 'contenttypes', '0001_initial', '2026-11-23 02:33:48.123456'),
    (2, 'auth', '0001_initial', '2026-11-23 02:33:48.123456'),
    (3, 'account', '0001_initial', '2026-11-23 02:33:48.123456'),
    (4, 'authtoken', '0001_initial', '2026-11-23 02:33:48.123456'),
    (5, 'sessions', '0001_initial', '2026-11-23 02:33:48.123456'),
    (6, 'sites', '0001_initial', '2026-11-23 02:33:48.123456'),
    (7, 'socialaccount', '0001_initial', '2026-11-23 02:33:48.123456'),
    (8, 'token_blacklist', '0001_initial', '2026-11-23 02:33:48.123456');
