package bootstrap

import (
	"fmt"
	"reflect"

	"go.uber.org/fx"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
)

// Override puts impl in place of the adapter of a port, everywhere. The replaced
// adapter is never made: overriding all storage means that no database is
// opened. Port must be an interface type, or the service does not start: fx would
// silently ignore a replacement under a concrete type.
func Override[Port any](impl Port) fx.Option {
	if port := reflect.TypeFor[Port](); port.Kind() != reflect.Interface {
		return fx.Error(fmt.Errorf("bootstrap: Override[%s]: name the port, which is an interface type, as in Override[ports.Mailer](impl)", port))
	}
	return fx.Decorate(func() Port { return impl })
}

// Decorate wraps the use cases of an activity, or any other interface of the
// service: embed the original and override a method.
func Decorate[UseCases any](wrap func(UseCases) UseCases) fx.Option {
	return fx.Decorate(wrap)
}

// Rule adds a rule that new passwords must satisfy, after the configured ones.
func Rule(rule credentials.Rule) fx.Option { return member(rule, "rules") }

// RegistrationPolicy adds a policy that decides who may register.
func RegistrationPolicy(policy ports.RegistrationPolicy) fx.Option {
	return member(policy, "registration_policies")
}

// SignInPolicy adds a policy that decides who may sign in, by whatever way.
func SignInPolicy(policy ports.SignInPolicy) fx.Option { return member(policy, "sign_in_policies") }

// FactorPolicy adds a policy that decides who must have a second factor. One that says so
// is enough.
func FactorPolicy(policy ports.FactorPolicy) fx.Option { return member(policy, "factor_policies") }

// Contributor adds fields to the account that user/ shows.
func Contributor(contributor ports.ProfileContributor) fx.Option {
	return member(contributor, "profile_contributors")
}

// ClaimsContributor adds claims to the JSON web tokens of an account.
func ClaimsContributor(contributor ports.ClaimsContributor) fx.Option {
	return member(contributor, "claims_contributors")
}

// Subscriber is told of what happened, after it was committed.
func Subscriber(subscriber ports.Subscriber) fx.Option { return member(subscriber, "subscribers") }

// member adds a value to a group.
func member[T any](value T, group string) fx.Option {
	return fx.Supply(fx.Annotate(value, fx.As(new(T)), fx.ResultTags(`group:"`+group+`"`)))
}
