module latchkey

go 1.26.0

require (
	github.com/alecthomas/kong v1.17.0 // commands and flags of the program
	github.com/boombuler/barcode v1.1.0 // QR codes of second factors
	github.com/chromedp/cdproto v0.0.0-20260714215040-dc233986426f // tests: a real browser
	github.com/chromedp/chromedp v0.16.0 // tests: a real browser
	github.com/coreos/go-oidc/v3 v3.21.0 // discovery and id_tokens of OpenID Connect
	github.com/descope/virtualwebauthn v1.0.3 // tests: an authenticator by others
	github.com/dghubble/oauth1 v0.7.3 // signatures of OAuth 1.0a
	github.com/emersion/go-sasl v0.0.0-20241020182733-b788ff22d5a6 // tests: a real mail server
	github.com/emersion/go-smtp v0.25.1 // tests: a real mail server
	github.com/gin-gonic/gin v1.12.0 // HTTP
	github.com/go-jose/go-jose/v4 v4.1.9 // key sets of identity providers
	github.com/go-playground/validator/v10 v10.30.6 // shape of single fields
	github.com/go-webauthn/webauthn v0.18.2 // passkeys: reading and checking what authenticators send
	github.com/goccy/go-yaml v1.19.2 // the settings file
	github.com/golang-jwt/jwt/v5 v5.3.1 // JSON web tokens
	github.com/jackc/pgx/v5 v5.12.0 // PostgreSQL
	github.com/makiuchi-d/gozxing v0.1.1 // tests: reading QR codes from the screen
	github.com/pressly/goose/v3 v3.29.0 // migrations
	github.com/redis/go-redis/v9 v9.23.0 // counters that instances share
	github.com/rs/cors v1.11.1 // CORS
	github.com/stretchr/testify v1.12.1 // tests
	github.com/uptrace/bun v1.3.0 // SQL
	github.com/uptrace/bun/dialect/pgdialect v1.3.0 // SQL
	github.com/uptrace/bun/dialect/sqlitedialect v1.3.0 // SQL
	github.com/wneessen/go-mail v0.8.1 // SMTP and messages
	github.com/zitadel/oidc/v3 v3.51.17 // tests: a real OpenID Connect provider
	go.uber.org/dig v1.19.0 // the cause of a failed start, without fx around it
	go.uber.org/fx v1.24.0 // wiring
	go.uber.org/goleak v1.3.0 // tests: goroutines left behind
	golang.org/x/crypto v0.58.0 // argon2, bcrypt, scrypt
	golang.org/x/net v0.62.0 // internationalised domains of mail addresses
	golang.org/x/oauth2 v0.37.0 // OAuth 2 codes and authorization URLs
	modernc.org/sqlite v1.61.1 // SQLite without cgo
	pgregory.net/rapid v1.3.0 // tests: properties
)

require (
	github.com/bmatcuk/doublestar/v4 v4.10.4 // indirect
	github.com/bytedance/gopkg v0.1.3 // indirect
	github.com/bytedance/sonic v1.15.0 // indirect
	github.com/bytedance/sonic/loader v0.5.0 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/chromedp/sysutil v1.1.0 // indirect
	github.com/cloudwego/base64x v0.1.6 // indirect
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/fxamacker/cbor/v2 v2.9.4 // indirect
	github.com/gabriel-vasile/mimetype v1.4.16 // indirect
	github.com/gin-contrib/sse v1.1.0 // indirect
	github.com/go-chi/chi/v5 v5.5.0 // indirect
	github.com/go-json-experiment/json v0.0.0-20260623181947-01eb4420fa68 // indirect
	github.com/go-logr/logr v1.4.4 // indirect
	github.com/go-logr/stdr v1.2.2 // indirect
	github.com/go-playground/locales v0.14.2 // indirect
	github.com/go-playground/universal-translator v0.18.2 // indirect
	github.com/go-viper/mapstructure/v2 v2.5.0 // indirect
	github.com/go-webauthn/x v0.3.1 // indirect
	github.com/gobwas/httphead v0.1.0 // indirect
	github.com/gobwas/pool v0.2.1 // indirect
	github.com/gobwas/ws v1.4.0 // indirect
	github.com/goccy/go-json v0.10.5 // indirect
	github.com/google/go-tpm v0.9.8 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	github.com/jinzhu/inflection v1.0.0 // indirect
	github.com/json-iterator/go v1.1.12 // indirect
	github.com/klauspost/cpuid/v2 v2.4.0 // indirect
	github.com/leodido/go-urn v1.5.0 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/mfridman/interpolate v0.0.2 // indirect
	github.com/modern-go/concurrent v0.0.0-20180306012644-bacd9c7ef1dd // indirect
	github.com/modern-go/reflect2 v1.0.2 // indirect
	github.com/muhlemmer/gu v0.3.1 // indirect
	github.com/muhlemmer/httpforwarded v0.1.0 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/pelletier/go-toml/v2 v2.2.4 // indirect
	github.com/philhofer/fwd v1.2.0 // indirect
	github.com/puzpuzpuz/xsync/v3 v3.5.1 // indirect
	github.com/quic-go/qpack v0.6.0 // indirect
	github.com/quic-go/quic-go v0.59.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/sethvargo/go-retry v0.5.0 // indirect
	github.com/tinylib/msgp v1.6.4 // indirect
	github.com/tmthrgd/go-hex v0.0.0-20190904060850-447a3041c3bc // indirect
	github.com/twitchyliquid64/golang-asm v0.15.1 // indirect
	github.com/ugorji/go/codec v1.3.1 // indirect
	github.com/vmihailenco/msgpack/v5 v5.4.1 // indirect
	github.com/vmihailenco/tagparser/v2 v2.0.0 // indirect
	github.com/x448/float16 v0.8.4 // indirect
	github.com/zitadel/schema v1.3.2 // indirect
	go.mongodb.org/mongo-driver/v2 v2.5.0 // indirect
	go.opentelemetry.io/auto/sdk v1.2.1 // indirect
	go.opentelemetry.io/otel v1.47.0 // indirect
	go.opentelemetry.io/otel/log v1.47.0 // indirect
	go.opentelemetry.io/otel/metric v1.47.0 // indirect
	go.opentelemetry.io/otel/trace v1.47.0 // indirect
	go.uber.org/atomic v1.12.0 // indirect
	go.uber.org/multierr v1.11.0 // indirect
	go.uber.org/zap v1.26.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/arch v0.22.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	golang.org/x/xerrors v0.0.0-20200804184101-5ec99f83aff1 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
	modernc.org/libc v1.79.0 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)
