//! First names, English and Spanish: a short list made by hand, and how first names tend to end.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Whether a folded word is a common first name.
pub(super) fn is_given(word: &str) -> bool {
    static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| GIVEN.split_ascii_whitespace().collect());
    NAMES.contains(word)
}

/// Whether a folded word that is on no list ends as first names do and last names rarely.
pub(super) fn sounds_given(word: &str) -> bool {
    word.len() >= 4 && ENDINGS.iter().any(|ending| word.ends_with(ending))
}

const ENDINGS: &[&str] = &[
    "anna", "ella", "etta", "ette", "elle", "ita", "ina", "ia", "ena", "isha", "esha", "asha", "ssa", "lyn", "lynn",
    "line", "leen", "lene", "anne", "nne", "nda", "issa", "isa", "ora", "ine", "een", "mma", "thy", "ndy", "mmy",
    "nny", "bby", "ddy", "xie", "die", "nie", "rie", "sie", "tie", "vie", "bie", "mie", "lie", "kie", "pher", "ias",
    "iah", "jah", "lda", "rta", "sha", "cia", "ria", "dra", "ris", "icia",
];

const GIVEN: &str = "
aaron abbie abby abdul abel abigail abraham ada adalberto adam addie adela adelaide adele adelina aden adolfo adrian adriana adrienne
agnes agustin aidan aileen aimee aisha aitor al alan alana alba albert alberta alberto alec alejandra alejandro alex alexa alexander
alexandra alexandria alexis alfonso alfred alfredo alice alicia alina aline alisa alisha alison alissa allan allen allie allison alma
alonso alonzo alvaro alvin alyssa amalia amanda amber amelia amina amir amparo amy ana anabel anastasia andre andrea andres andrew andy
angel angela angelica angelina angelo angie anita ann anna annabelle anne annette annie anthony antoinette anton antonia antonio antony
april araceli aria ariana ariel arlene armando arnold art arthur arturo asha ashley asia audrey august augusta augusto aurelia aurora
austin ava avery axel barbara barry bart beatrice beatriz becky begona belen belinda bella ben benedict benito benjamin bennie benny
bernadette bernard bernardo bernice bernie bert bertha beryl bessie beth bethany betsy betty beverly bianca bill billie billy blair
blake blanca blanche bob bobbie bobby bonita bonnie boris brad bradley brandi brandon brandy breanna brenda brendan brent brett brian
briana brianna bridget britney brittany brock brooke bruce bruno bryan bryce bryson byron caitlin caleb calvin cameron camila camille
candace candice cara carina carl carla carlo carlos carlotta carly carmela carmen carol carole carolina caroline carolyn carrie carson
carter cary casey cassandra catalina catherine cathy cecil cecilia cedric celeste celia cesar chad chandra charity charlene charles
charlie charlotte charmaine chase chelsea cheryl chester chloe chris christa christian christie christina christine christopher christy
chuck cindy claire clara clarence clarice clarissa clark claude claudette claudia claudio clay clayton clement cleo cliff clifford
clifton clint clinton clyde cody cole coleen colette colin colleen concepcion connie connor conrad constance consuelo cora corey corina
corinne cornelia cornelius cory courtney craig cristian cristina crystal curtis cynthia cyrus daisy dale dallas damian damien damon dan
dana danette daniel daniela danielle danilo danny dante daphne darcy daria dario darlene darrell darren darryl daryl dave david dawn
dean deanna debbie debora deborah debra dee deidre delia della delores denis denise dennis derek derrick desiree desmond destiny devin
devon dewey dexter diana diane dianna dianne diego dina dinah dirk dixie dolores domingo dominic dominique don donald donna donnie donovan
dora doreen dorian doris dorothea dorothy doug douglas drew duane dulce duncan dustin dwayne dwight dylan earl earnest ebony ed eddie
edgar edith edmund edna eduardo edward edwin efrain eileen elaine elba eleanor elena eli elias elijah elisa elisabeth elise eliza
elizabeth ella ellen ellie elliot elliott ellis elmer eloise elsa elsie elton elvira elvis elvin elyse emil emilia emilio emily emma
emmanuel encarnacion enrique eric erica erick ericka erik erika erin ernest ernestine ernesto ervin esmeralda esperanza essie esteban estela
estelle ester esther estrella ethan ethel etta eugene eugenia eula eunice eva evan evangeline eve evelyn everett ezra fabian fabio faith
fannie fatima faye federico felicia felipe felix ferdinand fermin fern fernanda fernando fidel fiona flora florence floyd frances francesca
francis francisco frank frankie franklin fred freda freddie freddy frederick frieda gabriel gabriela gabrielle gail galen garrett gary
gavin gayle gena gene geneva genevieve geoffrey george georgette georgia georgina gerald geraldine gerard gerardo german gertrude gilbert
gilberto gina ginger gino giovanni gisela gladys glen glenda glenn gloria gonzalo gordon grace gracie graham grant greg gregg gregorio
gregory greta gretchen griselda guadalupe guillermo gus gustavo guy gwen gwendolyn hailey hal hank hannah hans harold harriet harrison harry
harvey hassan hattie hazel heather hector heidi helen helena helga henrietta henry herbert heriberto herman herminia hilary hilda holly homer
hope horace howard hubert hugh hugo humberto hunter ian ida ignacio igor ike ilene imelda immanuel ina ines inez ingrid inmaculada ira irene
iris irma irvin irving isaac isabel isabella isabelle isaiah isidro ismael israel ivan ivy izabella jack jackie jackson jaclyn jacob jacqueline
jacques jade jaime jake jamal james jamie jan jana jane janelle janet janette janice janie janine janis jared jasmine jason jasper javier jay jayden
jayne jean jeanette jeanine jeanne jeannie jeff jefferson jeffery jeffrey jen jenna jennie jennifer jenny jerald jeremiah jeremy jerome
jerry jess jesse jessica jessie jesus jill jillian jim jimmie jimmy jo joan joann joanna joanne joaquin jocelyn jodi jodie jody joe joel joey
johanna john johnathan johnnie johnny jolene jon jonah jonas jonathan jordan jordi jorge jose josefa josefina joseph josephine josh joshua josie
josue joy joyce juan juana juanita judith judy julia julian juliana julianne julie juliet juliette julio julius june justin justine kaitlyn kara karen karin
karina karl karla kate katelyn katherine kathie kathleen kathryn kathy katie katrina kay kayla keisha keith kelley kelli kellie kelly kelsey kelvin
ken kendra kenneth kenny kent kerri kerry kevin kim kimberley kimberly kirk kirsten kirsty kris krista kristen kristi kristie kristin kristina
kristine kristy krystal kurt kyle lacey lakeisha lamar lamont lana lance lara larry lars latasha latoya laura laurel lauren laurence laurie laverne
lawrence lea leah leanne lee leigh leila lela leland lena leo leon leona leonard leonardo leonor leroy lesley leslie lester leticia levi lewis lidia liam lila
lilia liliana lillian lillie lily linda lindsay lindsey lionel lisa liz liza lizzie lloyd logan lois lola lonnie lora loraine lorena lorenzo loretta
lori lorna lorraine lottie lou louis louisa louise lourdes lowell loyd luca lucas lucia luciano lucille lucinda lucy luis luisa luke lupe luther luz
lydia lyle lynda lynette lynn lynne mabel mabelle mable mack macarena maddie madeleine madeline madison mae magdalena maggie magnolia mohammed malcolm mamie
mandy manny manuel manuela mara marc marcel marcela marcella marcelo marcia marcie marco marcos marcus margaret margarita margarito margery margie margo
margot marguerite maria mariah mariam marian mariana marianne mariano maribel maricela marie mariel marilyn marina mario marion marisa marisol marissa
maritza marjorie mark marla marlene marlon marsha marshall marta martha martin martina marty marva marvin mary maryann mason mateo mathew matilda matt
matthew mattie maude maura maureen mauricio maurice max maxine maxwell maya mayra megan meghan melanie melba melinda melissa melody melvin mercedes
meredith merle mervin mia micah michael michaela michel michele michelle miguel mikayla mike mila mildred miles milton mindy minerva minnie miranda
mireia miriam misha mitch mitchell mitzi moises mollie molly mona monica monique monte montserrat morgan morris moses muhammad muriel mya myra myrna myrtle
nadia nadine nancy naomi natalia natalie natasha nathan nathaniel neal ned neil nell nellie nelson nestor neville nicholas nichole nick nicolas nicole nigel
nikita nikki nina noah noe noel noelia nora norbert noreen norma norman norris nuria octavia octavio ola olga oliver olivia ollie omar ona opal ophelia ora orlando
orville oscar osvaldo otis otto owen pablo paige paloma pam pamela paola pascual pat patrice patricia patricio patrick patsy patti patty paul paula paulette pauline
paulo pearl pedro peggy penelope penny percy perry pete peter petra phil philip phillip phoebe phyllis pierre pilar polly preston priscilla quentin quincy
rachael rachel rafael rafaela ralph ramiro ramon ramona randal randall randi randy raquel raul ravi ray raymond reba rebecca rebekah regina reginald reiko remedios
rena rene renee reuben reyes reynaldo rhoda rhonda ricardo richard rick rickey ricky rigoberto riley rita rob robbie robert roberta roberto robin robyn rocio
rochelle rocky rod roderick rodney rodolfo rodrigo roger rogelio roland rolando roman romeo ron ronald ronnie rory rosa rosalia rosalie rosalind rosalinda
rosamund rosanna rosario rosaura roscoe rose rosemarie rosemary rosetta rosie ross roxanne roxie roy ruben ruby rudolf rudolph rudy rufus russell rusty ruth ryan
sabina sabra sabrina sade sadie sal sally salma salvador salvatore sam samantha sammy samuel sandra sandy sanjay santiago santos sara sarah sasha saul savannah scott
sean sebastian selena selma serena serge sergei sergio seth shana shane shannon shari sharon shaun shauna shawn sheena sheila shelby sheldon shelia
shelley shelly sheree sheri sherman sherri sherrie sherry sheryl shirley sidney sienna sierra silas silvia simeon simon simone sindy sofia soledad sonia sonja sonya
sophia sophie spencer stacey stacie stacy stan stanley stefan stefanie stella stephan stephanie stephen sterling steve steven stewart stuart sue summer susan
susana susanna susannah susanne susie suzanne sven sybil sydney sylvester sylvia tabitha tamara tami tammie tammy tania tanya tara tasha tatiana taylor ted
terence teresa teri terrance terrell terrence terri terry tess tessa thaddeus thelma theo theodora theodore theresa therese thomas tia tiffany tim
timothy tina toby todd tom tomas tommie tommy toni tonia tony tonya tracey traci tracie tracy travis trent trevor tricia trina trinidad trisha trudy troy
tyler tyrone tyson uma ursula valentin valentina valeria valerie vanessa velma vera verna vernon veronica vicente vicki vickie vicky victor victoria vikki vince vincent
vinnie viola violet virgil virginia vivian vivien vladimir wade wallace walter wanda warren wayne wendell wendy wesley whitney wilbert wilbur wilda wilfred wilhelmina
willa willard william willie willis wilma winifred winnie winston wyatt xavier ximena yan kai dakota joesph donn dick kaylee kaci sol jona joey keanu kiara yasmin yasmine yesenia yolanda yusuf yuri yvette yvonne zachary zack zelda zoe zoey
";
