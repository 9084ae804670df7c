-- Accounts as mlflow server 2.22.5 stored them; the passwords are password-of-<name>-1.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO alembic_version VALUES('8606fa83a998');
CREATE TABLE users (
	id INTEGER NOT NULL, 
	username VARCHAR(255), 
	password_hash VARCHAR(255), 
	is_admin BOOLEAN, 
	PRIMARY KEY (id), 
	UNIQUE (username)
);
INSERT INTO users VALUES(1,'admin','scrypt:32768:8:1$G8kILXd8P9b8ycjm$d7d8e2483472115d39373d769d9ce3ddcaa97bfa26d13461fdda1845b73bbc73dd8a13b7098d45fdbe1c9372f37ff1c1f6d3353940d332a015c05ce9fe0a45d9',1);
INSERT INTO users VALUES(2,'ann','scrypt:32768:8:1$5FT1KhvijCZmrSVC$b912d6f3986ac20a65218b98d39c7463513ec0a9b27bcaf0f7be50f1dccc33f53c9c53af99e4dcbfad4a4c76c02a837a757e7cb3acebf82b37a1558b20f77c48',0);
INSERT INTO users VALUES(3,'bob','scrypt:32768:8:1$XqaxGHDU9BNQVlvK$7b8667ced95440043a145834ca2f0b43a6a1a1964bfb86bf4a30e7fe5ab3b5e88ff5c950d9b045ab906878c4ae82e88c62f9a4493c934d5fce087af33e85a363',1);
CREATE TABLE experiment_permissions (
	id INTEGER NOT NULL, 
	experiment_id VARCHAR(255) NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_experiment_user UNIQUE (experiment_id, user_id)
);
INSERT INTO experiment_permissions VALUES(1,'0',2,'NO_PERMISSIONS');
INSERT INTO experiment_permissions VALUES(2,'7',2,'EDIT');
CREATE TABLE registered_model_permissions (
	id INTEGER NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_name_user UNIQUE (name, user_id)
);
INSERT INTO registered_model_permissions VALUES(1,'m',2,'MANAGE');
COMMIT;
