package ports

import (
	"context"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// Inspection looks at what is stored, for those who adopt a database or look after
// one. It changes nothing.
type Inspection interface {
	// Schema returns what the database consists of.
	Schema(ctx context.Context) (Schema, error)
	// Hashes returns the stored password hashes of at most limit accounts, half of
	// them the oldest ones.
	Hashes(ctx context.Context, limit int) ([]secret.String, error)
	// Oddities returns what the rows have that the service would never write, without
	// the kinds of which there is none.
	Oddities(ctx context.Context) ([]Oddity, error)
	// Sessions returns the sealed text of at most limit cookie sessions that have not
	// expired at now, those that last longest first.
	Sessions(ctx context.Context, now time.Time, limit int) ([]secret.String, error)
	// Now returns the time of the database's own clock; the zero time when it has none.
	Now(ctx context.Context) (time.Time, error)
}

// FactorInspection looks at what is stored of second factors and passkeys. It changes nothing.
type FactorInspection interface {
	// FactorOddities reads every row, with the keys of now, and returns what is wrong with
	// them, without the kinds of which there is none.
	FactorOddities(ctx context.Context) ([]Oddity, error)
}

// Schema is what a database consists of.
type Schema struct {
	// Tables are those of Django's kind that the service uses, there or not.
	Tables []SchemaTable
	// Applied is the last migration of each app that Django remembers.
	Applied map[string]string
	// Ours is set when the service has migrated the database before.
	Ours bool
	// Pending names what the next migration would do.
	Pending []string
	// Accounts is how many there are. They are counted before the service's first
	// migration only: each start looks at the schema, and counting reads the whole table.
	Accounts int
	// Sites is how many rows django_site has.
	Sites int
	// ExclusiveEmail is set when no two accounts may have an address, confirmed or not.
	ExclusiveEmail bool
	// ProviderLength is how long a provider's name may be; 0 when that is not enforced.
	ProviderLength int
}

// SchemaTable is one table of a Schema.
type SchemaTable struct {
	Name string
	// App is the app of Django that the table belongs to.
	App   string
	There bool
	// Missing are columns that the service needs and the table does not have.
	Missing []string
	// Demanded are columns that must be filled and that the service leaves empty.
	Demanded []string
}

// The kinds of Oddity.
const (
	OddNames        = "names"         // names that differ by case only
	OddAddresses    = "addresses"     // addresses of several accounts that differ by case only
	OddVerified     = "verified"      // addresses that are verified for several accounts
	OddPrimaries    = "primaries"     // accounts with several primary addresses
	OddAddressOwner = "address_owner" // addresses of accounts that are gone
	OddTokenOwner   = "token_owner"   // API tokens of accounts that are gone
	OddLoginOwner   = "login_owner"   // external logins of accounts that are gone
	OddPasskeyOwner = "passkey_owner" // passkeys of accounts that are gone
	OddFactorOwner  = "factor_owner"  // second factors of accounts that are gone
	OddFactorTwice  = "factor_twice"  // accounts with several rows of one type of factor
	OddFactorType   = "factor_type"   // accounts with a type of factor that nobody here knows
	OddCodesAlone   = "codes_alone"   // accounts with recovery codes and nothing to recover
)

// The kinds of Oddity of second factors and passkeys, which FactorOddities finds.
const (
	OddFactorSealed = "factor_sealed" // second factors that no key opens
	OddFactorForm   = "factor_form"   // second factors that no code can fit
	OddFactorClear  = "factor_clear"  // second factors in clear that should be encrypted
	OddFactorSigned = "factor_signed" // second factors in clear that no key of now has signed
	OddFactorOff    = "factor_off"    // second factors that nobody asks for
	OddCodesSealed  = "codes_sealed"  // recovery codes that no key opens
	OddCodesForm    = "codes_form"    // recovery codes that are none
	OddPasskeyForm  = "passkey_form"  // passkeys that nobody can sign in by
)

// Oddity is one kind of odd rows.
type Oddity struct {
	Kind string
	// Count is how many accounts are concerned, and Examples are some of them.
	Count    int
	Examples []accounts.ID
}
