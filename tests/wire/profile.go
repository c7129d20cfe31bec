package wire

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"strings"
)

// Profile is the settings that scenarios were recorded with, in the names of
// Django, dj-rest-auth, allauth and simplejwt.
type Profile struct {
	Name   string
	values map[string]any
}

// LoadProfiles reads profiles.json: a base, and what each profile puts over it.
// Objects are merged one level deep.
func LoadProfiles(folder fs.FS) (map[string]Profile, error) {
	text, err := fs.ReadFile(folder, "profiles.json")
	if err != nil {
		return nil, err
	}
	var file struct {
		Base     map[string]any
		Profiles map[string]map[string]any
	}
	if err := decode(text, &file); err != nil {
		return nil, fmt.Errorf("profiles.json: %w", err)
	}
	profiles := make(map[string]Profile, len(file.Profiles))
	for name, own := range file.Profiles {
		profiles[name] = Profile{Name: name, values: merge(file.Base, own)}
	}
	return profiles, nil
}

func merge(base, own map[string]any) map[string]any {
	merged := maps.Clone(base)
	for key, value := range own {
		below, _ := merged[key].(map[string]any)
		above, isObject := value.(map[string]any)
		if below == nil || !isObject {
			merged[key] = value
			continue
		}
		both := maps.Clone(below)
		maps.Copy(both, above)
		merged[key] = both
	}
	return merged
}

func (p Profile) text(key string) string {
	text, _ := p.values[key].(string)
	return text
}

func (p Profile) object(key string) map[string]any {
	object, _ := p.values[key].(map[string]any)
	return object
}

// SecretKey is the key that Django's signed values are made with.
func (p Profile) SecretKey() string { return p.text("SECRET_KEY") }

// SigningKey is the key that JWTs are signed with.
func (p Profile) SigningKey() string {
	if key, ok := p.object("SIMPLE_JWT")["SIGNING_KEY"].(string); ok {
		return key
	}
	return p.SecretKey()
}

// Algorithm is the algorithm that JWTs are signed by.
func (p Profile) Algorithm() string {
	if algorithm, ok := p.object("SIMPLE_JWT")["ALGORITHM"].(string); ok {
		return algorithm
	}
	return "HS256"
}

// renamed are the settings that the service has under another name.
var renamed = map[string]string{
	"SECRET_KEY":         "SECRET_KEY",
	"ALLOWED_HOSTS":      "ALLOWED_HOSTS",
	"DEFAULT_FROM_EMAIL": "DEFAULT_FROM_EMAIL",
	"auth_classes":       "AUTH_CLASSES",
	"blacklist_app":      "TOKEN_BLACKLIST",
	"allauth":            "ALLAUTH",
	"mfa":                "MFA",
	"passkeys":           "PASSKEYS",
}

// throttled are the settings of DRF's throttle scopes.
var throttled = map[string]string{
	"dj_rest_auth":            "THROTTLE_RATE",
	"dj_rest_auth_mfa_verify": "THROTTLE_RATE_MFA_VERIFY",
}

// Settings returns the profile as settings of the service, without the prefix
// LATCHKEY_. Where the service listens, stores and sends is left to the caller.
func (p Profile) Settings() map[string]string {
	settings := map[string]string{
		"PRESET":      "compat",
		"RATE_LIMITS": "upstream",
		// Few rounds on purpose: a scenario tests answers, and not the hash.
		"PASSWORD_HASHERS": "pbkdf2_sha256:1200,argon2,bcrypt_sha256,bcrypt,scrypt,pbkdf2_sha1",
		// The host that the requests name; links do not follow the request.
		"PUBLIC_URL": "http://testserver",
	}
	for _, group := range []string{"REST_AUTH", "SIMPLE_JWT", "ACCOUNT", "extra"} {
		for name, value := range p.object(group) {
			settings[name] = settingText(value)
		}
	}
	for name, setting := range renamed {
		settings[setting] = settingText(p.values[name])
	}
	for scope, rate := range p.object("throttle") {
		settings[throttled[scope]] = settingText(rate)
	}
	if classes, set := settings["REGISTER_PERMISSION_CLASSES"]; set {
		delete(settings, "REGISTER_PERMISSION_CLASSES")
		settings["REGISTER_PERMISSION"] = registerPermission(classes)
	}
	return settings
}

func registerPermission(classes string) string {
	if strings.Contains(classes, "IsAuthenticated") {
		return "authenticated"
	}
	return "anyone"
}

func settingText(value any) string {
	switch value := value.(type) {
	case nil:
		return "none"
	case string:
		return value
	case json.Number:
		return value.String()
	case []any:
		texts := make([]string, len(value))
		for i, item := range value {
			texts[i] = settingText(item)
		}
		return strings.Join(texts, ",")
	default:
		return fmt.Sprint(value)
	}
}
