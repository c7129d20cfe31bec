package inspection

import (
	"context"
	"fmt"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// Probe tries whether something outside answers, and leaves no trace there.
type Probe struct {
	// Check and Subject name it: "mail", "the mail server".
	Check, Subject string
	// Advice is what to do when it does not.
	Advice string
	Try    func(ctx context.Context) error
}

// Options are what a Doctor knows of the settings.
type Options struct {
	Needs
	// Algorithms are those by which passwords are checked.
	Algorithms []string
	// KeyWhere says where the secret key comes from.
	KeyWhere string
	// Hashing says how much of the machine the hashing of passwords may take.
	Hashing string
	// Proof is something that the key has signed, from the operator's hand: a session
	// cookie, or a reset link. Witnesses judge it; without it they are not called.
	Proof     secret.String
	Witnesses Witnesses
	// Factors looks at second factors; nil while there is no secret key that could open them.
	Factors ports.FactorInspection
	// Warnings are the settings' own.
	Warnings []string
	// Probes are what is tried; none without leave to connect to others.
	Probes []Probe
}

// Doctor examines the service from outside of its requests.
type Doctor struct {
	storage ports.Inspection
	seals   ports.SessionSeals
	clock   ports.Clock
	options Options
}

// NewDoctor makes a doctor. seals is nil when there is no secret key yet.
func NewDoctor(storage ports.Inspection, seals ports.SessionSeals, clock ports.Clock, options Options) *Doctor {
	return &Doctor{storage: storage, seals: seals, clock: clock, options: options}
}

// Examine returns what there is to say, in the order of the checks. What is not there
// yet is not looked at, nor anything while the schema is not fit: each query would say
// the same again.
func (d *Doctor) Examine(ctx context.Context) []Finding {
	schema, err := d.storage.Schema(ctx)
	if err != nil {
		return append(failed("database", err), d.settings()...)
	}
	all := d.schema(schema)
	if !AnyBroken(all) {
		_, missing := apps(schema)
		for _, check := range []struct {
			possible bool
			examine  func(context.Context) []Finding
		}{
			{table(schema, "auth_user").There, d.hashes},
			{len(missing) == 0, d.rows},
			{len(missing) == 0 && d.options.Factors != nil, d.factors},
			{table(schema, "django_session").There, d.key},
			{len(missing) == 0 && !d.options.Proof.Empty(), d.proof},
		} {
			if check.possible {
				all = append(all, check.examine(ctx)...)
			}
		}
	}
	all = append(all, d.time(ctx)...)
	all = append(all, d.settings()...)
	all = append(all, d.hashing()...)
	return append(all, d.probes(ctx)...)
}

// failed is a check that could not be made.
func failed(check string, err error) []Finding {
	return []Finding{{Check: check, Severity: Broken, Sentence: "This could not be examined: " + err.Error() + ".",
		Advice: "See that the database answers, and that its user may read every table."}}
}

func (d *Doctor) schema(schema ports.Schema) []Finding {
	all := Unfit(schema, d.options.Needs)
	if !AnyBroken(all) {
		all = append(all, Finding{"schema", Good, "Every table that is there has the columns that the service needs.", ""})
	}
	return append(all, migrations(schema)...)
}

func migrations(schema ports.Schema) []Finding {
	f := findings{check: "migrations"}
	const advice = "Run latchkey migrate; serve does so when it starts."
	if !schema.Ours {
		f.add(Warning, "The service has not migrated this database yet.", advice)
		return f.all
	}
	for _, name := range schema.Pending {
		f.add(Warning, "To do: "+name+".", advice)
	}
	return f.orGood("No migration is waiting, and every index of the service's own is there.")
}

// driftMost is how far two clocks may differ: JSON web tokens and sessions carry seconds.
const driftMost = 5 * time.Second

func (d *Doctor) time(ctx context.Context) []Finding {
	before := d.clock.Now()
	theirs, err := d.storage.Now(ctx)
	if err != nil {
		return failed("clock", err)
	}
	f := findings{check: "clock"}
	ours := d.clock.Now()
	if drift := outside(theirs, before, ours); !theirs.IsZero() && drift > driftMost {
		f.add(Warning, fmt.Sprintf("This machine's clock and the database's differ by %s: sessions and tokens end too early or too late for one of them.", drift.Round(time.Second)),
			"Let both follow a time server (NTP).")
	}
	if theirs.IsZero() {
		return f.orGood("The database has no clock of its own.")
	}
	return f.orGood("This machine's clock and the database's agree.")
}

// outside is how far t is from the span.
func outside(t, from, to time.Time) time.Duration { return max(from.Sub(t), t.Sub(to), 0) }

// sessionsLooked is how many sessions are tried: one that fits is proof.
const sessionsLooked = 200

func (d *Doctor) key(ctx context.Context) []Finding {
	f := findings{check: "secret key"}
	if d.seals == nil {
		f.add(Warning, "There is no secret key yet: the first start makes one.", "On a database of Django's, set SECRET_KEY to Django's before that.")
		return f.all
	}
	live, err := d.storage.Sessions(ctx, d.clock.Now(), sessionsLooked)
	if err != nil {
		return failed(f.check, err)
	}
	fitting := 0
	for _, text := range live {
		if d.seals.Open(text.Reveal(), &sessions.WebSession{}) == nil {
			fitting++
		}
	}
	switch {
	case len(live) == 0:
		return f.orGood("No cookie session is alive, so that none can prove " + d.options.KeyWhere + ". On a database of Django's, sign in there once and look again.")
	case fitting == 0:
		f.add(Broken, fmt.Sprintf("SECRET_KEY is not Django's: of %s, %s opens none.", counted(len(live), "live cookie session"), d.options.KeyWhere),
			"Set SECRET_KEY (and SECRET_KEY_FALLBACKS) to those of Django's settings. If they are, Django signs sessions otherwise: with a SESSION_SERIALIZER other than JSON, or DEFAULT_HASHING_ALGORITHM = 'sha1'.")
	case fitting < len(live):
		f.add(Warning, fmt.Sprintf("%s of %s were signed with another key: those people have to sign in again.", counted(len(live)-fitting, "session"), counted(len(live), "live cookie session")),
			"If the key was changed not long ago, add the old one to SECRET_KEY_FALLBACKS.")
	}
	return f.orGood(fmt.Sprintf("Live cookie sessions prove %s.", d.options.KeyWhere))
}

func (d *Doctor) settings() []Finding {
	f := findings{check: "settings"}
	for _, warning := range d.options.Warnings {
		f.add(Warning, warning, "")
	}
	return f.orGood("The settings raise no warning.")
}

func (d *Doctor) hashing() []Finding {
	if d.options.Hashing == "" {
		return nil
	}
	return (&findings{check: "hashing"}).orGood(d.options.Hashing)
}

func (d *Doctor) probes(ctx context.Context) (all []Finding) {
	for _, probe := range d.options.Probes {
		f := findings{check: probe.Check}
		if err := probe.Try(ctx); err != nil {
			f.add(Broken, probe.Subject+" cannot be used: "+err.Error()+".", probe.Advice)
		}
		all = append(all, f.orGood(probe.Subject+" answers.")...)
	}
	return all
}
