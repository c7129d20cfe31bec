package accounts
import ("testing";"os";"encoding/json")
func TestDiff(t *testing.T){ b,_:=os.ReadFile("/tmp/dom/vec.json"); var v struct{Email,Uname [][]any}; if err:=json.Unmarshal(b,&v);err!=nil{t.Fatal(err)}
n:=0
for _,e:=range v.Email{ _,err:=ParseEmail(e[0].(string)); if (err==nil)!=e[1].(bool){n++; if n<40{t.Errorf("email %+q django %v",e[0],e[1])}}}
t.Log(len(v.Email),n)
n=0
for _,e:=range v.Uname{ _,err:=ParseUsername(e[0].(string)); if (err==nil)!=e[1].(bool){n++; if n<10{t.Errorf("uname %+q python %v",e[0],e[1])}}}
t.Log(len(v.Uname),n)
}
