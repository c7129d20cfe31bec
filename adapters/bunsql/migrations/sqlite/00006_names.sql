-- +goose Up

-- Names with letters beyond ASCII, by a digest that does not tell their case: it is
-- compared by us. By their length alone, too many were alike.
CREATE INDEX latchkey_username_digest ON auth_user ((CAST(length(username) AS bigint)*4294967296+1*CAST((ifnull(unicode(substr(username,-1,1)),0)%16*(substr(username,-1,1) GLOB '[0-9A-HJL-Za-hjl-zÀ-ÄÆ-Þà-äæ-þΑ-ΗΙ-Ψα-ηι-ψЀ-џא-႟ぁ-鿿가-힣]')) AS bigint)+16*CAST((ifnull(unicode(substr(username,-2,1)),0)%16*(substr(username,-2,1) GLOB '[0-9A-HJL-Za-hjl-zÀ-ÄÆ-Þà-äæ-þΑ-ΗΙ-Ψα-ηι-ψЀ-џא-႟ぁ-鿿가-힣]')) AS bigint)+256*CAST((ifnull(unicode(substr(username,-3,1)),0)%16*(substr(username,-3,1) GLOB '[0-9A-HJL-Za-hjl-zÀ-ÄÆ-Þà-äæ-þΑ-ΗΙ-Ψα-ηι-ψЀ-џא-႟ぁ-鿿가-힣]')) AS bigint)+4096*CAST((ifnull(unicode(substr(username,-4,1)),0)%16*(substr(username,-4,1) GLOB '[0-9A-HJL-Za-hjl-zÀ-ÄÆ-Þà-äæ-þΑ-ΗΙ-Ψα-ηι-ψЀ-џא-႟ぁ-鿿가-힣]')) AS bigint)+65536*CAST((ifnull(unicode(substr(username,-5,1)),0)%16*(substr(username,-5,1) GLOB '[0-9A-HJL-Za-hjl-zÀ-ÄÆ-Þà-äæ-þΑ-ΗΙ-Ψα-ηι-ψЀ-џא-႟ぁ-鿿가-힣]')) AS bigint)+1048576*CAST((ifnull(unicode(substr(username,-6,1)),0)%16*(substr(username,-6,1) GLOB '[0-9A-HJL-Za-hjl-zÀ-ÄÆ-Þà-äæ-þΑ-ΗΙ-Ψα-ηι-ψЀ-џא-႟ぁ-鿿가-힣]')) AS bigint)+16777216*CAST((ifnull(unicode(substr(username,-7,1)),0)%16*(substr(username,-7,1) GLOB '[0-9A-HJL-Za-hjl-zÀ-ÄÆ-Þà-äæ-þΑ-ΗΙ-Ψα-ηι-ψЀ-џא-႟ぁ-鿿가-힣]')) AS bigint)+268435456*CAST((ifnull(unicode(substr(username,-8,1)),0)%16*(substr(username,-8,1) GLOB '[0-9A-HJL-Za-hjl-zÀ-ÄÆ-Þà-äæ-þΑ-ΗΙ-Ψα-ηι-ψЀ-џא-႟ぁ-鿿가-힣]')) AS bigint))) WHERE username GLOB '*[^ -~]*';
DROP INDEX latchkey_username_beyond_ascii;

-- +goose Down
CREATE INDEX latchkey_username_beyond_ascii ON auth_user (length(username)) WHERE username GLOB '*[^ -~]*';
DROP INDEX latchkey_username_digest;
