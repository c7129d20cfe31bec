package ports

import (
	"context"
	"time"

	"latchkey/domain/accounts"
)

// Message is work to do after a commit: a mail to send, a subscriber to tell.
// It names what is to be done and never holds a secret: links are made when
// they are sent, so that no token stands in the database.
type Message struct {
	ID       int64
	Topic    string
	Payload  map[string]string
	Attempts int // how often it was claimed, this time included
}

// TopicGuessed notes that a password is being guessed: under GuessedName is the name
// that was tried, whoever has it. Who counts the guesses appends it; recovery warns the owner.
const (
	TopicGuessed = "recovery.guessed"
	GuessedName  = "name"
)

// OutboxHorizon is further ahead than any message is postponed. One that is due later was
// written while the clock was wrong.
const OutboxHorizon = 24 * time.Hour

// Outbox keeps messages until they are dealt with.
type Outbox interface {
	// Append stores the messages, due at now, in the transaction of ctx: they
	// exist if and only if the transaction commits.
	Append(ctx context.Context, now time.Time, messages ...Message) error
	// Claim returns at most limit messages that are due, oldest first, and makes
	// them due again after lease: a message whose worker died comes back. No two
	// calls get the same message within its lease.
	Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Message, error)
	// Done deletes the message.
	Done(ctx context.Context, id int64) error
	// Postpone makes the message due at until and remembers why.
	Postpone(ctx context.Context, id int64, until time.Time, reason string) error
	// Bury gives the message up and keeps it, with the reason, for an operator to see.
	Bury(ctx context.Context, id int64, reason string) error
}

// Batches is what an Outbox may be able to do besides: to deal with many messages of one topic
// in two transactions. What cannot waits for Claim.
type Batches interface {
	// ClaimOf is Claim for the messages of one topic.
	ClaimOf(ctx context.Context, topic string, now time.Time, lease time.Duration, limit int) ([]Message, error)
	// Replace deletes the messages done and appends others, due at now: all of it or nothing.
	Replace(ctx context.Context, now time.Time, done, by []Message) error
}

// Expander is a Handler of messages that only stand for others: somebody's request, of which it is
// found out later whether it is about anybody. Strangers make as many of them as they
// like, so that they are dealt with by the hundred, and no mail waits for them.
type Expander interface {
	Handler
	// Expand returns the messages that take the place of this one, and changes nothing.
	Expand(ctx context.Context, message Message) ([]Message, error)
}

// Handler does what the messages of one topic ask for.
type Handler interface {
	// Topic is the topic of the messages it takes.
	Topic() string
	// Handle does the work of one message. It may be called again for the same
	// message: when it failed, and when the process died before it was done.
	Handle(ctx context.Context, message Message) error
}

// HandlerFunc makes a Handler of a function.
func HandlerFunc(topic string, handle func(ctx context.Context, message Message) error) Handler {
	return handlerFunc{topic: topic, handle: handle}
}

type handlerFunc struct {
	topic  string
	handle func(ctx context.Context, message Message) error
}

func (h handlerFunc) Topic() string { return h.topic }

func (h handlerFunc) Handle(ctx context.Context, message Message) error {
	return h.handle(ctx, message)
}

// Event is something that happened and was committed.
type Event struct {
	Name    string // one of the Event… constants
	Account accounts.ID
	At      time.Time
}

// The events that subscribers are told of.
const (
	EventRegistered      = "account.registered"
	EventSignedIn        = "account.signed_in"
	EventSignedOut       = "account.signed_out"
	EventEmailVerified   = "email.verified"
	EventPasswordChanged = "password.changed"
	EventPasswordReset   = "password.reset"
	// EventPasswordGuessed: somebody tried so many wrong passwords that more are refused, and
	// the owner was warned. It is told once a day for an address.
	EventPasswordGuessed = "password.guessed"
	EventProfileUpdated  = "profile.updated"
	// EventTokenReused: a refresh token turned up again after it had been used, and its family was ended.
	EventTokenReused = "token.reused"
	// EventIdentityConnected and EventIdentityDisconnected: an external login was
	// linked to the account, at its sign-up too, or unlinked.
	EventIdentityConnected    = "identity.connected"
	EventIdentityDisconnected = "identity.disconnected"
	// EventReclaimed: the proved owner of an address took over the account that
	// claimed it without proof; its password and all that it was signed in by are gone.
	EventReclaimed = "account.reclaimed"
	// EventPasskeyAdded and EventPasskeyRemoved: a passkey became, or is no longer, a way in.
	EventPasskeyAdded   = "passkey.added"
	EventPasskeyRemoved = "passkey.removed"
	// EventFactorAdded and the others: a second factor was set up, switched off by its
	// owner or taken away by support, and its recovery codes were made anew.
	EventFactorAdded          = "factor.added"
	EventFactorRemoved        = "factor.removed"
	EventFactorReset          = "factor.reset"
	EventRecoveryCodesRenewed = "factor.recovery_codes_renewed"
	// EventFactorGuessed: somebody tried so many wrong codes that no more are taken, and the owner
	// was warned. It is told once a day for an account.
	EventFactorGuessed = "factor.guessed"
)

// Events tells subscribers what happened.
type Events interface {
	// Record notes the event in the transaction of ctx, for delivery after it.
	Record(ctx context.Context, event Event) error
}

// Unheard is what an Events may know besides: whether anybody listens. Where nobody does
// an event is no reason for a transaction.
type Unheard interface {
	// Unheard reports that Record writes nothing.
	Unheard() bool
}

// Subscriber reacts to what happened. It is told at least once and after the
// commit, so it can refuse nothing.
type Subscriber interface {
	// Name is unique and stable: undelivered events are kept under it.
	Name() string
	// Notice reacts to the event; an error means that it is told again later.
	Notice(ctx context.Context, event Event) error
}
