package wire

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// sampler makes values that the matchers of a recording are to accept. JSON web
// tokens are signed as the profile says.
type sampler struct {
	vars    Variables
	profile Profile
}

var samples = map[string]any{
	"<<token40>>": goodToken, "<<int>>": jsonNumber("7"), "<<any>>": "anything", "<<seconds>>": "60",
	"<<csrftoken>>": strings.Repeat("a", 32), "<<sessionid>>": strings.Repeat("b", 32),
	"<<re:JSON parse error - .+>>": "JSON parse error - x", "<<re:^JSON parse error - >>": "JSON parse error - ",
	"<<re:^newbie[0-9]+$>>": "newbie12",
	`<<re:^No access to private resources at "127\.0\.0\.1:\d+"\.$>>`:       `No access to private resources at "127.0.0.1:9911".`,
	`<<re:^Request was throttled\. Expected available in \d+ seconds?\.$>>`: "Request was throttled. Expected available in 1 second.",
}

// concrete puts a sample in the place of every matcher and variable.
func (s sampler) concrete(value any) any {
	switch value := value.(type) {
	case string:
		if sample, known := s.sample(value); known {
			return sample
		}
		return s.vars.fill(value)
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = s.concrete(item)
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for key, item := range value {
			object[key] = s.concrete(item)
		}
		return object
	default:
		return value
	}
}

func (s sampler) sample(text string) (any, bool) {
	if sample, known := samples[text]; known {
		return sample, true
	}
	var seconds int
	if _, err := fmt.Sscanf(text, "<<datetime%d>>", &seconds); err == nil {
		return time.Now().UTC().Add(time.Duration(seconds) * time.Second).Format("2006-01-02T15:04:05.000000Z"), true
	}
	if fields, is := strings.CutPrefix(text, "<<jwt "); is {
		return s.jwt(strings.TrimSuffix(fields, ">>")), true
	}
	return nil, false
}

// jwt mints the token that a matcher describes. Nothing checks the values of
// claims that the matcher only names.
func (s sampler) jwt(matcher string) string {
	wanted := map[string]string{}
	for field := range strings.FieldsSeq(matcher) {
		name, value, _ := strings.Cut(field, "=")
		wanted[name] = value
	}
	claims := map[string]any{"token_type": wanted["type"]}
	for name := range strings.SplitSeq(wanted["claims"], ",") {
		switch name {
		case "exp", "iat", "jti", "token_type":
		default:
			claims[name] = "1"
		}
	}
	minted, err := mintJWT(directive{"claims": claims, "exp_in": jsonNumber(wanted["life"]), "alg": wanted["alg"]}, s.profile, time.Now())
	if err != nil {
		return err.Error()
	}
	return minted
}

func TestSamplesFitTheirMatchersAndNoOthers(t *testing.T) {
	profile := Profile{values: map[string]any{"SECRET_KEY": vectorKey}}
	c := comparison{now: time.Now(), key: vectorKey}
	matchers := []string{
		"jwt type=access life=300 alg=HS256 claims=exp,iat,jti,token_type,user_id",
		"jwt type=refresh life=300 alg=HS256 claims=exp,iat,jti,token_type,user_id",
		"jwt type=access life=600 alg=HS256 claims=exp,iat,jti,token_type,user_id",
		"jwt type=access life=300 alg=HS512 claims=exp,iat,jti,token_type,user_id",
		"jwt type=access life=300 alg=HS256 claims=aud,exp,iat,jti,token_type,user_id",
		"datetime+300", "datetime+600",
	}
	for _, from := range matchers {
		sample := sampler{profile: profile}.concrete("<<" + from + ">>")
		for _, matcher := range matchers {
			require.Equal(t, from == matcher, c.matches(matcher, sample), "the sample of <<%s>> against <<%s>>", from, matcher)
		}
	}
}
