package jwttoken

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func states(t *testing.T, file *KeyFile) map[string]State {
	t.Helper()
	infos, err := file.List()
	require.NoError(t, err)
	all := make(map[string]State)
	for _, info := range infos {
		all[info.ID] = info.State
	}
	return all
}

func emptyFile(t *testing.T) (*KeyFile, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "deep", "folder", "jwt.json")
	file, err := OpenKeyFile(path)
	require.NoError(t, err)
	return file, path
}

func TestAnEmptyFileHasNoKeys(t *testing.T) {
	file, path := emptyFile(t)
	infos, err := file.List()
	require.NoError(t, err)
	require.Empty(t, infos)
	require.NoFileExists(t, path)
	folder, err := os.Stat(filepath.Dir(path))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), folder.Mode().Perm())
}

func TestEveryAlgorithmGetsNewKeys(t *testing.T) {
	file, path := emptyFile(t)
	random := &counting{}
	for _, name := range Algorithms() {
		kid, err := file.New(name, now, random)
		require.NoError(t, err)
		require.Len(t, kid, kidLength)
	}
	infos, err := file.List()
	require.NoError(t, err)
	require.Len(t, infos, len(Algorithms()))
	all, err := readEntries(path)
	require.NoError(t, err)
	for i, name := range Algorithms() {
		at := now.Truncate(time.Second)
		require.Equal(t, KeyInfo{ID: all[i].ID, Algorithm: name, State: Staged, Created: at, Changed: at}, infos[i])
		key, err := all[i].open()
		require.NoError(t, err)
		token, err := tokensOf(key, Options{}).Sign(someClaims())
		require.NoError(t, err)
		require.Contains(t, headerOf(t, token), all[i].ID)
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	_, err = file.New("none", now, random)
	require.ErrorContains(t, err, "is unknown")
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 2, "the file and its lock")
}

func TestSecretsAreNewEachTime(t *testing.T) {
	a, err := algorithmNamed("HS256")
	require.NoError(t, err)
	one, err := generate(a)
	require.NoError(t, err)
	other, err := generate(a)
	require.NoError(t, err)
	require.Len(t, one.Reveal(), 88, "64 bytes in base64")
	require.False(t, one.Equal(other))
}

func TestRotationFollowsItsRules(t *testing.T) {
	file, _ := emptyFile(t)
	random := &counting{}
	add := func() string {
		kid, err := file.New("HS256", now, random)
		require.NoError(t, err)
		return kid
	}
	a := add()
	require.ErrorContains(t, file.Retire(a, now), "the last one")
	require.NoError(t, file.Promote(a, now))
	require.ErrorContains(t, file.Promote(a, now), "signs already")
	require.ErrorContains(t, file.Retire(a, now), "promote another one first")
	b, c := add(), add()
	require.NotEqual(t, b, c, "a kid that is taken is drawn again")
	later := now.Add(time.Hour)
	require.NoError(t, file.Promote(b, later))
	require.Equal(t, map[string]State{a: Retired, b: Current, c: Staged}, states(t, file))
	require.ErrorContains(t, file.Promote(a, later), "never signs again")
	require.ErrorContains(t, file.Retire(a, later), "retired already")
	require.NoError(t, file.Retire(c, later.Add(time.Hour)))
	require.Equal(t, map[string]State{a: Retired, b: Current, c: Retired}, states(t, file))
	for _, unknown := range []string{"", "zzzzzzzzzzzzzzzz", "../x", strings.ToUpper(a)} {
		require.ErrorContains(t, file.Promote(unknown, now), "there is no key")
		require.ErrorContains(t, file.Retire(unknown, now), "there is no key")
	}

	infos, err := file.List()
	require.NoError(t, err)
	require.Equal(t, later.Truncate(time.Second), infos[0].Changed)
	require.Equal(t, now.Truncate(time.Second), infos[0].Created)

	removed, err := file.Prune(later.Add(life-time.Second), life)
	require.NoError(t, err)
	require.Empty(t, removed)
	removed, err = file.Prune(later.Add(life), life)
	require.NoError(t, err)
	require.Equal(t, []string{a}, removed)
	removed, err = file.Prune(later.Add(time.Hour), 0)
	require.NoError(t, err)
	require.Equal(t, []string{c}, removed)
	require.Equal(t, map[string]State{b: Current}, states(t, file))
}

func TestAnEmptyFileHasNothingToPrune(t *testing.T) {
	file, _ := emptyFile(t)
	removed, err := file.Prune(now, life)
	require.NoError(t, err)
	require.Empty(t, removed)
}

func TestTwoCommandsAtOnceLoseNothing(t *testing.T) {
	_, path := emptyFile(t)
	random := &counting{}
	var commands sync.WaitGroup
	for range 20 {
		commands.Go(func() {
			file, err := OpenKeyFile(path)
			if err == nil {
				_, err = file.New("HS256", now, random)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	commands.Wait()
	all, err := readEntries(path)
	require.NoError(t, err)
	require.Len(t, all, 20)
}

func TestFilesThatCannotBeTrustedAreRefused(t *testing.T) {
	file, path := emptyFile(t)
	kid, err := file.New("HS256", now, &counting{})
	require.NoError(t, err)
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	text := string(good)
	entry := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(strings.Join(strings.Fields(text), ""), `{"keys":[`), `]}`))
	change := func(old, to string) string {
		require.Contains(t, text, old)
		return strings.Replace(text, old, to, 1)
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":               {"", "damaged"},
		"null":                {"null", "it has no key"},
		"no keys":             {"{}", "it has no key"},
		"a list":              {"[]", "damaged"},
		"more behind":         {text + "{}", "goes on"},
		"an unknown member":   {change(`"state"`, `"status"`), "damaged"},
		"an unknown state":    {change("staged", "active"), "write staged, current or retired"},
		"no state":            {change("staged", ""), "is unknown"},
		"a kid like a path":   {change(kid, "../../etc/passwd"), "16 characters"},
		"a long kid":          {change(kid, kid+"a"), "16 characters"},
		"a kid in capitals":   {change(kid, strings.ToUpper(kid)), "16 characters"},
		"a kid twice":         {`{"keys":[` + entry + "," + entry + "]}", "twice"},
		"a key that is null":  {change(`"key": "`, `"key": 7, "x": "`), "damaged"},
		"no time":             {change(`"changed"`, `"created"`), "since when"},
		"two that sign":       {strings.ReplaceAll(`{"keys":[`+entry+","+strings.Replace(entry, kid, "bbbbbbbbbbbbbbbb", 1)+"]}", "staged", "current"), "more than one key is current"},
		"more than a file":    {text + strings.Repeat(" ", largestFile), "more than"},
		"a number for a time": {change(`"changed": "`, `"changed": 5, "x": "`), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
			_, err := OpenKeyFile(path)
			require.ErrorContains(t, err, c.want)
			_, err = file.New("HS256", now, &counting{})
			require.ErrorContains(t, err, c.want, "a damaged file is not replaced")
			still, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, c.text, string(still))
		})
	}
	require.NoError(t, os.WriteFile(path, good, 0o600))
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o620, 0o610} {
		require.NoError(t, os.Chmod(path, mode))
		_, err := OpenKeyFile(path)
		require.ErrorContains(t, err, "chmod 600", mode.String())
	}
	require.NoError(t, os.Chmod(path, 0o400))
	_, err = OpenKeyFile(path)
	require.NoError(t, err, "a mount that is read only")
	require.NoError(t, os.Chmod(filepath.Dir(path), 0o770)) //nolint:gosec // that is the point
	_, err = OpenKeyFile(path)
	require.ErrorContains(t, err, "chmod 700")
}

func TestAFolderIsNoKeyFile(t *testing.T) {
	_, err := OpenKeyFile(t.TempDir())
	require.ErrorContains(t, err, "no ordinary file")
}

func TestAFileThatCannotBeWrittenStaysAsItIs(t *testing.T) {
	file, path := emptyFile(t)
	require.NoError(t, os.RemoveAll(filepath.Dir(path)))
	kid, err := file.New("HS256", now, &counting{})
	require.Error(t, err)
	require.Empty(t, kid)
	require.NoFileExists(t, path)
}
