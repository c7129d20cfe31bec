package config

// Preset is a set of defaults.
type Preset string

// The presets.
const (
	PresetCompat Preset = "compat" // upstream's, so that a client sees no difference
	PresetSecure Preset = "secure" // Setting.Hardened, and it demands SECRET_KEY and ALLOWED_HOSTS
)

const presetSetting = "PRESET"

func presetSettings() []Setting {
	return []Setting{
		setting(presetSetting, "compat", "`secure` = the safer defaults that these tables name, and `SECRET_KEY` and `ALLOWED_HOSTS` are demanded; what is written still wins", preset,
			func(c *Config) *Preset { return &c.Preset }),
	}
}

var preset = oneOf(PresetCompat, PresetSecure)

// defaults returns the configuration of somebody who wrote nothing but PRESET.
func (r *reader) defaults() Config {
	var c Config
	for _, s := range r.table {
		s.initialize(&c)
	}
	if !r.wantsSecure() {
		return c
	}
	for _, s := range r.table {
		if s.Hardened == "" {
			continue
		}
		if err := s.assign(scalar(s.Hardened), &c); err != nil {
			panic("default of " + s.Name + " under PRESET=secure: " + err.Error())
		}
	}
	return c
}

// wantsSecure looks at PRESET before everything else. A value that cannot be read
// is reported with the others.
func (r *reader) wantsSecure() bool {
	g, written := r.found[presetSetting]
	if !written {
		return false
	}
	value, err := preset.parse(g.value)
	return err == nil && value == PresetSecure
}
