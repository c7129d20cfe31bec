package config

import "slices"

// group is a heading of the README and the settings under it.
type group struct {
	name     string
	settings []Setting
}

// Describe returns every setting in the order of the documentation.
func Describe() []Setting {
	var all []Setting
	for _, g := range groups() {
		for _, s := range g.settings {
			s.Group = g.name
			all = append(all, s)
		}
	}
	return all
}

func groups() []group {
	return []group{
		{"Endpoints and tokens (dj-rest-auth's names)", slices.Concat(endpointSettings(), jwtEndpointSettings())},
		{"MFA and passkeys (dj-rest-auth's names)", slices.Concat(factorSettings(), passkeySettings())},
		{"Accounts (allauth's names)", slices.Concat(accountSettings(), linkSettings(), providerSettings())},
		{"JWT (simplejwt's names)", jwtSettings()},
		{"Django's and DRF's", slices.Concat(
			keySettings(), hostSettings(), databaseSettings(), passwordSettings(), sessionSettings(), csrfSettings(),
			mailSettings(), siteSettings(), throttleSettings())},
		{"The service's own", slices.Concat(
			presetSettings(), serverSettings(), corsSettings(), limitSettings(), redisSettings(), revocationSettings(), workerSettings(), logSettings())},
	}
}
