package inspection

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"latchkey/application/ports"
	"latchkey/domain/secret"
)

// hashesLooked is how many accounts are a sample.
const hashesLooked = 10_000

// Other kinds of stored hashes than algorithms.
const (
	unusable = "unusable"
	empty    = "empty"
	strange  = "unknown"
)

// named are the algorithms of Django and of others that a finding may name. Of any other text not
// even the beginning is told: it may be a password that somebody put there.
var named = []string{
	"argon2", "bcrypt", "bcrypt_sha256", "crypt", "md5", "pbkdf2_sha1", "pbkdf2_sha256", "scrypt", "sha1", "unsalted_md5", "unsalted_sha1",
}

func (d *Doctor) hashes(ctx context.Context) []Finding {
	f := findings{check: "passwords"}
	sample, err := d.storage.Hashes(ctx, hashesLooked)
	if err != nil {
		return failed(f.check, err)
	}
	counts := map[string]int{}
	for _, hash := range sample {
		counts[d.kind(hash)]++
	}
	f.add(Good, fmt.Sprintf("Of %s: %s.", counted(len(sample), "account"), summary(counts)), "")
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		d.judgeKind(&f, kind, counts[kind])
	}
	return f.all
}

// kind is the algorithm of a stored hash, by the text before the first "$".
func (d *Doctor) kind(hash secret.String) string {
	text := hash.Reveal()
	name, _, found := strings.Cut(text, "$")
	switch {
	case strings.HasPrefix(text, "!"):
		return unusable
	case text == "":
		return empty
	case found && (slices.Contains(d.options.Algorithms, name) || slices.Contains(named, name)):
		return name
	}
	return strange
}

func (d *Doctor) judgeKind(f *findings, kind string, count int) {
	switch {
	case kind == unusable, slices.Contains(d.options.Algorithms, kind):
	case kind == empty:
		f.add(Warning, fmt.Sprintf("%s an empty password: no password fits.", have(count)),
			"Nothing to do if they sign in otherwise; a password reset gives them one.")
	case kind == strange:
		f.add(Warning, fmt.Sprintf("%s a password hash in no known form: no password fits.", have(count)),
			"If these are passwords in clear, that is a leak: replace them at once by hashes. Otherwise a password reset gives a new one.")
	default:
		f.add(Warning, fmt.Sprintf("%s a hash by %s, which PASSWORD_HASHERS does not list: no password fits.", have(count), kind),
			"Add it to PASSWORD_HASHERS if it is one that the service knows; else a password reset gives a new hash.")
	}
}

func have(count int) string {
	if count == 1 {
		return "1 account has"
	}
	return fmt.Sprintf("%d accounts have", count)
}

// summary reads as "argon2 3, pbkdf2_sha256 12".
func summary(counts map[string]int) string {
	if len(counts) == 0 {
		return "nothing to look at"
	}
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, kind+" "+strconv.Itoa(counts[kind]))
	}
	return strings.Join(parts, ", ")
}

// verdict is what a kind of odd rows means.
type verdict struct {
	severity         Severity
	sentence, advice string
}

var verdicts = map[string]verdict{
	ports.OddNames: {Warning, "accounts have user names that differ by case only. Whoever writes the name in neither spelling is taken for the older account.",
		"Rename all but one of each."},
	ports.OddAddresses: {Warning, "accounts have an address that another account has in another case. A password reset is mailed for each of them.",
		"Decide whose it is, and delete the other rows of account_emailaddress."},
	ports.OddVerified: {Warning, "accounts have a verified address that is verified for another account, too: whoever reads its mail gets into both.",
		"Decide whose it is, and delete the other rows of account_emailaddress."},
	ports.OddPrimaries: {Warning, "accounts have several primary addresses: which one a program takes for the main one is chance, and a newer allauth makes a unique index of it.",
		"Leave primary set in one row of account_emailaddress for each."},
	ports.OddAddressOwner: {Broken, "accounts are gone and still have addresses: these look taken, and belong to nobody.",
		"DELETE FROM account_emailaddress WHERE user_id NOT IN (SELECT id FROM auth_user)."},
	ports.OddTokenOwner: {Broken, "accounts are gone and still have an API token: a new account that gets such an id would have it.",
		"DELETE FROM authtoken_token WHERE user_id NOT IN (SELECT id FROM auth_user)."},
	ports.OddLoginOwner: {Broken, "accounts are gone and still have external logins: their owners cannot sign in or register again.",
		"DELETE FROM socialaccount_socialaccount WHERE user_id NOT IN (SELECT id FROM auth_user), after the rows of socialaccount_socialtoken that belong to them."},
	ports.OddPasskeyOwner: {Warning, "accounts are gone and still have passkeys: nobody can sign in with these or register them again.",
		"DELETE FROM passkeys_webauthncredential WHERE user_id NOT IN (SELECT id FROM auth_user)."},
	ports.OddFactorOwner: {Broken, "accounts are gone and still have a second factor: a new account that gets such an id would be asked for a code that it cannot have.",
		"DELETE FROM dj_rest_auth_mfa_authenticator WHERE user_id NOT IN (SELECT id FROM auth_user)."},
	ports.OddFactorTwice: {Broken, "accounts have several rows of one type of second factor: whose code is good is chance, and a used one may be good again.",
		"Leave the newest row of dj_rest_auth_mfa_authenticator for each account and type, and make the unique index on (user_id, type) that Django's migration makes."},
	ports.OddFactorType: {Warning, "accounts have a second factor of a type that the service does not know: it does not ask for it.",
		"See which program wrote them to dj_rest_auth_mfa_authenticator, and whether they should have a factor of type totp."},
	ports.OddCodesAlone: {Warning, "accounts have recovery codes and no second factor: the service takes these codes for nothing, dj-rest-auth for a way in.",
		"DELETE FROM dj_rest_auth_mfa_authenticator WHERE type = 'recovery_codes' AND user_id NOT IN (SELECT user_id FROM dj_rest_auth_mfa_authenticator WHERE type = 'totp')."},
}

func (d *Doctor) rows(ctx context.Context) []Finding {
	f := findings{check: "rows"}
	found, err := d.storage.Oddities(ctx)
	if err != nil {
		return failed(f.check, err)
	}
	for _, odd := range found {
		if odd.Kind == ports.OddVerified && d.options.SharedEmail {
			continue // that is what the setting allows
		}
		verdict := verdicts[odd.Kind]
		f.add(verdict.severity, fmt.Sprintf("%d %s", odd.Count, verdict.sentence), verdict.advice+" "+ids(odd))
	}
	return f.orGood("Names, addresses and owners are in order.")
}

// factors looks into every row of second factors and passkeys.
func (d *Doctor) factors(ctx context.Context) []Finding {
	f := findings{check: "second factors"}
	found, err := d.options.Factors.FactorOddities(ctx)
	if err != nil {
		return failed(f.check, err)
	}
	for _, odd := range found {
		verdict := factorVerdicts[odd.Kind]
		f.add(verdict.severity, fmt.Sprintf("%d %s", odd.Count, verdict.sentence), verdict.advice+" "+ids(odd))
	}
	return f.orGood("Every second factor can be opened, and every passkey can be one.")
}

// ids names accounts by number: names and addresses are personal.
func ids(odd ports.Oddity) string {
	texts := make([]string, len(odd.Examples))
	for i, id := range odd.Examples {
		texts[i] = strconv.FormatInt(int64(id), 10)
	}
	more := ""
	if odd.Count > len(texts) {
		more = " …"
	}
	return "(auth_user.id: " + strings.Join(texts, ", ") + more + ")"
}
