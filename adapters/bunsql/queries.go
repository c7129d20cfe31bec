package bunsql

// queries are the statements that no two kinds of databases take in the same words.
type queries struct {
	accountsNamed      string
	taken              string
	insertAccount      string
	insertNewcomer     string
	accountsAt         string
	namesBeyondASCII   string
	addressesAt        string
	ownerOfToken       string
	insertIdentity     string
	updateIdentity     string
	insertFactor       string
	updateFactor       string
	claimMessages      string
	claimMessagesOf    string
	expiredSessions    string
	expiredFamilies    string
	deadMessages       string
	expiredAttempts    string
	orphanedFamilies   string
	expiredBlacklisted string
	expiredOutstanding string
	insertPasskey      string
	expiredChallenges  string
	expiredPending     string
	unseenDevices      string
}

func queriesOf(p phrases) queries {
	return queries{
		accountsNamed: selectAccount + " WHERE " + p.inAnyCase("u.username", 1) + " ORDER BY u.id",
		taken: `SELECT EXISTS (SELECT 1 FROM auth_user WHERE ` + p.inAnyCase("username", 1) + `),
			EXISTS (SELECT 1 FROM account_emailaddress WHERE verified AND ` + p.inAnyCase("email", 5) + `)`,
		insertAccount:  insertAccountUnless(p),
		insertNewcomer: insertNewcomer(p),
		accountsAt: selectAccount + ` WHERE u.id IN (
			SELECT id FROM auth_user WHERE ` + p.inAnyCase("email", 1) + `
			UNION SELECT user_id FROM account_emailaddress WHERE ` + p.inAnyCase("email", 1) + `) ORDER BY u.id`,
		// Served by the index latchkey_username_beyond_ascii.
		namesBeyondASCII: "SELECT username FROM auth_user WHERE " + p.beyondASCII +
			" AND " + nameDigest("username", p.bits) + " = " + nameDigest("$1", p.bits) + " AND id <> $2",
		addressesAt:    selectAddress + " WHERE " + p.inAnyCase("email", 1) + " ORDER BY id",
		ownerOfToken:   selectAccount + " WHERE u.id = (SELECT user_id FROM authtoken_token WHERE " + p.keyed("key") + ")",
		insertIdentity: insertIdentity + p.json + ") ON CONFLICT (provider, uid) DO NOTHING RETURNING id",
		updateIdentity: updateIdentity + p.json + " WHERE id = $7",
		insertFactor:   insertFactor + p.json + ", $2, $3, $4, $5)",
		updateFactor:   updateFactor + p.json + ", created_at = $2, last_used_at = $3 WHERE user_id = $4 AND type = $5",
		claimMessages: claimMessages + p.among("id", `SELECT id FROM latchkey_outbox
			WHERE dead_at IS NULL AND due <= $2 ORDER BY due, id LIMIT $3`+p.idle) + ` RETURNING id, topic, payload, attempts`,
		claimMessagesOf: claimMessages + p.among("id", `SELECT id FROM latchkey_outbox
			WHERE dead_at IS NULL AND due <= $2 AND topic = $4 ORDER BY due, id LIMIT $3`+p.idle) + ` RETURNING id, topic, payload, attempts`,

		// Each takes a time and a number of rows, and walks an index from its oldest end.
		expiredSessions: `DELETE FROM django_session WHERE ` + p.among("session_key",
			`SELECT session_key FROM django_session WHERE expire_date < $1 ORDER BY expire_date LIMIT $2`+p.idle),
		expiredFamilies: `DELETE FROM latchkey_family WHERE ` + p.among("id",
			`SELECT id FROM latchkey_family WHERE expires < $1 ORDER BY expires LIMIT $2`+p.idle),
		deadMessages: `DELETE FROM latchkey_outbox WHERE ` + p.among("id",
			`SELECT id FROM latchkey_outbox WHERE dead_at < $1 ORDER BY dead_at LIMIT $2`+p.idle),
		expiredAttempts: `DELETE FROM latchkey_attempts WHERE ` + p.among("key",
			`SELECT key FROM latchkey_attempts WHERE expires <= $1 ORDER BY expires LIMIT $2`+p.idle),
		orphanedFamilies: `DELETE FROM latchkey_family WHERE ` + p.among("id",
			`SELECT id FROM latchkey_family AS f WHERE account_id = $1
			AND NOT EXISTS (SELECT 1 FROM auth_user WHERE id = $1) LIMIT $2`+p.idle),
		insertPasskey: insertPasskey + p.json + ") ON CONFLICT (credential_id) DO NOTHING RETURNING id",
		expiredChallenges: `DELETE FROM latchkey_passkey_challenge WHERE ` + p.among("key",
			`SELECT key FROM latchkey_passkey_challenge WHERE expires < $1 ORDER BY expires LIMIT $2`+p.idle),
		expiredPending: `DELETE FROM latchkey_pending_factor WHERE ` + p.among("id",
			`SELECT id FROM latchkey_pending_factor WHERE expires < $1 ORDER BY expires LIMIT $2`+p.idle),
		unseenDevices: `DELETE FROM latchkey_known_device WHERE ` + p.among("id",
			`SELECT id FROM latchkey_known_device WHERE seen < $1 ORDER BY seen LIMIT $2`+p.idle),
		// Both look at the same rows: none is left out.
		expiredBlacklisted: `DELETE FROM token_blacklist_blacklistedtoken WHERE ` + p.among("token_id", oldestTokens),
		expiredOutstanding: `DELETE FROM token_blacklist_outstandingtoken WHERE ` + p.among("id", oldestTokens),
	}
}

const oldestTokens = `SELECT id FROM token_blacklist_outstandingtoken
	WHERE expires_at < $1 ORDER BY expires_at, id LIMIT $2`
