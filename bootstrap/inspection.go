package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"

	"latchkey/adapters/bunsql"
	"latchkey/adapters/djangosign"
	"latchkey/adapters/oauthlogin"
	"latchkey/adapters/smtpmail"
	"latchkey/adapters/system"
	"latchkey/adapters/webauthn"
	"latchkey/application/inspection"
	"latchkey/application/ports"
	"latchkey/bootstrap/config"
	"latchkey/domain/secret"
)

// Migrate brings the tables up to date and returns what they were before. A database
// that the service could not work on is left alone.
func Migrate(ctx context.Context, cfg config.Config, db *bunsql.DB) (before ports.Schema, err error) {
	before, err = Fit(ctx, cfg, db)
	if err != nil {
		return before, err
	}
	return before, db.Migrate(ctx)
}

// Fit returns what the database consists of; it is an error when the service could not
// work on that, whatever is migrated: better now than in somebody's request.
func Fit(ctx context.Context, cfg config.Config, db *bunsql.DB) (ports.Schema, error) {
	schema, err := bunsql.NewInspection(db).Schema(ctx)
	if err != nil {
		return schema, err
	}
	var problems []error
	for _, sentence := range told(cfg, schema, inspection.Broken) {
		problems = append(problems, errors.New(sentence))
	}
	return schema, errors.Join(problems...)
}

// told returns what there is to say of the schema, as far as it is of that severity.
func told(cfg config.Config, schema ports.Schema, severity inspection.Severity) (sentences []string) {
	for _, found := range inspection.Unfit(schema, needs(cfg)) {
		if found.Severity == severity {
			sentences = append(sentences, found.Sentence+" "+found.Advice)
		}
	}
	return sentences
}

func needs(cfg config.Config) inspection.Needs {
	needs := inspection.Needs{
		StoreTokens: cfg.Social.StoreTokens, SharedEmail: !cfg.Accounts.UniqueEmail,
		HidesTaken: cfg.Accounts.UniqueEmail && cfg.Accounts.PreventEnumeration && cfg.Accounts.Verification == config.VerificationMandatory,
	}
	for _, provider := range cfg.Providers {
		needs.Providers = append(needs.Providers, provider.Name)
	}
	return needs
}

// NewDoctor makes the doctor of the database. Only online it calls the mail server and
// the providers. proof may be empty.
func NewDoctor(cfg config.Config, db *bunsql.DB, online bool, proof secret.String) (*inspection.Doctor, error) {
	options := inspection.Options{Needs: needs(cfg), Warnings: cfg.Warnings, Hashing: hashing(cfg), Proof: proof}
	for _, preference := range cfg.Passwords.Hashers.Preferences {
		options.Algorithms = append(options.Algorithms, string(preference.Algorithm()))
	}
	key, keys, where, err := givenKeys(cfg)
	if err != nil {
		return nil, err
	}
	var seals ports.SessionSeals
	if options.KeyWhere = where; where != "" {
		seals = djangosign.NewSessionSeals(keys)
		options.Witnesses = inspection.Witnesses{
			Sessions: bunsql.NewWebSessions(db, seals), Resets: newResetTokens(cfg, keys),
			Accounts: bunsql.NewAccounts(db), Addresses: bunsql.NewAddresses(db),
		}
		if options.Factors, err = factorInspection(cfg, db, key, keys); err != nil {
			return nil, err
		}
	}
	if online {
		if options.Probes, err = probes(cfg); err != nil {
			return nil, err
		}
	}
	return inspection.NewDoctor(bunsql.NewInspection(db), seals, system.NewClock(), options), nil
}

func factorInspection(cfg config.Config, db *bunsql.DB, key secretKey, keys djangosign.Keys) (*bunsql.FactorInspection, error) {
	cipher, err := newCipher(cfg, key)
	seals := djangosign.NewSecretSeals(keys)
	return bunsql.NewFactorInspection(db, bunsql.FactorForms{
		Cipher: cipher, Seals: seals, Signed: seals.Signed, Checks: webauthn.New().Checks,
		Readable: cfg.MFA.DjangoCompatible, Demanded: cfg.MFA.Enabled,
	}), err
}

// hashing tells what was chosen for this machine, or by the settings.
func hashing(cfg config.Config) string {
	p := cfg.Passwords
	return fmt.Sprintf("%d passwords are hashed at once, each in at most %s; %d more may wait for %v. See HASH_WORKERS, HASH_QUEUE and HASH_QUEUE_TIMEOUT.",
		p.Workers, megabytes(p.Hashers.Memory()), p.Queue, p.QueueTimeout)
}

// givenKeys are those that are there, and where the first comes from: nowhere, if there
// is none. It makes none: who looks changes nothing.
func givenKeys(cfg config.Config) (first secretKey, keys djangosign.Keys, where string, err error) {
	key, where := cfg.Keys.Secret, "the setting SECRET_KEY"
	if key.Empty() {
		file := filepath.Join(cfg.Server.DataDir, secretKeyFile)
		kept, err := readKey(file)
		if errors.Is(err, fs.ErrNotExist) {
			return first, keys, "", nil
		}
		if err != nil {
			return first, keys, "", err
		}
		key, where = kept, "the generated key in "+file
	}
	keys, err = djangosign.NewKeys(key, cfg.Keys.Fallbacks...)
	return secretKey(key), keys, where, err
}

func probes(cfg config.Config) ([]inspection.Probe, error) {
	mail, err := mailProbes(cfg)
	if err != nil {
		return nil, err
	}
	providers, err := providerProbes(cfg)
	return append(mail, providers...), err
}

func mailProbes(cfg config.Config) ([]inspection.Probe, error) {
	if cfg.Mail.Transport.Kind != config.MailSMTP {
		return nil, nil
	}
	transport, err := newTransport(cfg)
	if err != nil {
		return nil, err
	}
	try := func(ctx context.Context) error {
		return transport.(*smtpmail.SMTP).Probe(ctx, cfg.Mail.From.String())
	}
	return []inspection.Probe{{
		Check: "mail", Subject: "The mail server", Try: try,
		Advice: "Check EMAIL_URL: host, port, tls, user and password.",
	}}, nil
}

func providerProbes(cfg config.Config) ([]inspection.Probe, error) {
	configured, err := oauthProviders(cfg)
	if err != nil {
		return nil, err
	}
	providers, err := oauthlogin.New(configured, system.NewClock(), slog.Default())
	if err != nil {
		return nil, err
	}
	var all []inspection.Probe
	calls := providers.Probes()
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		all = append(all, inspection.Probe{
			Check: "provider " + name, Subject: "The provider " + name, Try: calls[name],
			Advice: "The log says why. Check the provider's addresses in SOCIALACCOUNT_PROVIDERS, and that this machine may connect to them.",
		})
	}
	return all, nil
}

// LookAtDatabase opens the configured database for reading alone.
func LookAtDatabase(ctx context.Context, cfg config.Config) (*bunsql.DB, error) {
	return bunsql.Look(ctx, databaseConfig(cfg))
}
