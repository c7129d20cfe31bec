package oauthlogin

import (
	"context"
	"encoding/base64"
	"regexp"
	"strings"

	"golang.org/x/oauth2"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

const (
	microsoftSite  = "https://login.microsoftonline.com/"
	microsoftGraph = "https://graph.microsoft.com/v1.0"
	// consumers is the directory of all personal accounts.
	consumers = "9188040d-6c67-4c5b-b112-36a304b66dad"
)

// directory is the form of a directory's id.
var directory = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

type microsoft struct {
	base
	idTokens verifier
}

func newMicrosoft(b base) microsoft {
	m := microsoft{base: b}
	certs := or(b.CertsURL, m.site()+"/discovery/v2.0/keys")
	m.idTokens = verifier{
		Config: b.Config, client: b.client, clock: b.clock, algorithms: []string{"RS256"},
		keys: newKeys(b, at(certs)), issued: m.issued,
	}
	return m
}

func (m microsoft) tenant() string { return or(m.Tenant, "common") }

func (m microsoft) site() string { return microsoftSite + m.tenant() }

// issued holds for a token of the directory that it names, if that one may sign in:
// every directory has an issuer of its own, and all share the keys.
func (m microsoft) issued(claims object) bool {
	id := claims.text("tid")
	return claims.text("iss") == microsoftSite+id+"/v2.0" && m.admits(id)
}

// admits reports whether people of the directory may sign in.
func (m microsoft) admits(id string) bool {
	if !directory.MatchString(id) {
		return false
	}
	switch tenant := strings.ToLower(m.tenant()); tenant {
	case "common":
		return true
	case "organizations":
		return id != consumers
	case "consumers":
		return id == consumers
	default:
		return tenant == id
	}
}

func (m microsoft) page(context.Context) (page, error) {
	return page{
		url:    or(m.AuthorizationURL, m.site()+"/oauth2/v2.0/authorize"),
		scopes: []string{"openid", "email", "profile", "User.Read"}, nonce: true,
	}, nil
}

func (m microsoft) vouch(ctx context.Context, proof identities.Proof) (identities.Profile, error) {
	switch {
	case !proof.IDToken.Empty():
		return m.byIDToken(ctx, proof.IDToken.Reveal(), posted(proof), proof.Nonce, true)
	case !proof.AccessToken.Empty():
		return m.byAccessToken(ctx, posted(proof))
	case !proof.Code.Empty():
		endpoint := oauth2.Endpoint{TokenURL: or(m.AccessTokenURL, m.site()+"/oauth2/v2.0/token"), AuthStyle: oauth2.AuthStyleInParams}
		token, err := m.exchange(ctx, endpoint, m.Secret.Reveal(), proof)
		if err != nil {
			return identities.Profile{}, err
		}
		return m.byIDToken(ctx, idTokenOf(token), kept(token), proof.Nonce, false)
	}
	return identities.Profile{}, identities.ErrProofMissing
}

// byIDToken goes by the object id, which Graph tells as well; the subject differs
// from app to app. An address in it is whatever the directory's owner wrote there
// (nOAuth): it counts as verified only where Microsoft says that the domain's owner was.
func (m microsoft) byIDToken(ctx context.Context, idToken string, token identities.Token, nonce string, posted bool) (identities.Profile, error) {
	read, err := m.idTokens.verify(ctx, idToken, token.Access.Reveal(), nonce)
	if err != nil {
		return identities.Profile{}, err
	}
	profile := openIDProfile(read.claims)
	profile.Key.Subject = graphID(read.claims.text("oid"))
	profile.Username = ""
	profile.Emails = email(read.claims.text("email"), read.claims.yes("xms_edov"))
	profile.Token = token
	if posted {
		profile.Once = read.once
	}
	return profile, nil
}

// graphID is what Graph calls somebody. The object ids of people are the same there; those
// of personal accounts, which have no directory, are only the second half.
func graphID(objectID string) string {
	personal, found := strings.CutPrefix(objectID, "00000000-0000-0000-")
	if !found {
		return objectID
	}
	return strings.ReplaceAll(personal, "-", "")
}

func (m microsoft) byAccessToken(ctx context.Context, token identities.Token) (identities.Profile, error) {
	me, err := m.client.fetch(ctx, call{
		step: "me", url: or(m.GraphAPIURL, microsoftGraph) + "/me", bearer: token.Access,
	}, identities.ErrProofRefused)
	if err != nil {
		return identities.Profile{}, err
	}
	if !m.UncheckedAccessTokens && !m.issuedToUs(token.Access) {
		return identities.Profile{}, identities.ErrProofRefused
	}
	return identities.Profile{
		Key:       identities.Key{Subject: me.text("id")},
		Name:      me.text("displayName"),
		FirstName: me.text("givenName"),
		LastName:  me.text("surname"),
		Emails:    email(me.text("mail", "userPrincipalName"), false),
		Extra:     me.extra(me.text("id")),
		Token:     token,
	}, nil
}

// issuedToUs reads which app a token is for, and which directory it comes from. Its signature is not verified here: Graph,
// for which it was made, did so a moment ago, or it would not have answered. A token
// that cannot be read (personal accounts have such) shows nothing.
func (m microsoft) issuedToUs(token secret.String) bool {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 {
		return false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return false
	}
	claims, err := parseObject(payload)
	return err == nil && m.ours(claims.text("appid", "azp")) && m.admits(claims.text("tid"))
}
