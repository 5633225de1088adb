"""Plain sentences in several languages, for voices to be measured by."""

ENGLISH = """\
About one in six invasive breast cancers is driven by one gene, her two.
Healthy cells carry two copies.
From about twenty thousand, up to a million.
Its pairing arm is always open.
Inside, their engines, called kinases, switch each other on.
Trastuzumab is an antibody, built to fit domain four of her two, beside the membrane.
Now her two cannot pair on its own, and the growth signal fades.
Their perforin opens pores, granzymes slip in, and the cell takes itself apart.
With chemotherapy, it cut early recurrence by about half, and improved survival by a third.
The quick brown fox jumps over the lazy dog.
A heart the size of a fist beats a hundred thousand times each day.
Light from the sun takes eight minutes to reach us.
Most of an atom is empty space.
When ice melts, its molecules begin to slide past one another.
Rivers carve valleys, and glaciers widen them.
In the dark, the pupil opens; in bright light, it closes.
Nobody had measured the speed of sound in water before.
She counted the rings, one by one, and found two hundred.
Plants turn water, air and sunlight into sugar.
Bees tell each other where to fly by dancing.
Volcanoes form where plates of rock drift apart or collide.
The vaccine shows the body a harmless piece of the virus.
If the bridge begins to swing, the dampers take up the motion.
What looks like a single star is often a pair.
Sound travels faster in steel than in air.
Each winter, the lake freezes from the top down.
A falling cat turns itself upright in less than a second.
Copper carries the current, and rubber keeps it in.
Antibiotics kill bacteria, but they do nothing against a cold.
Long before clocks, people read the time from shadows.
""".splitlines()

HISSING = """\
We go so far to see the sun.
The sea is so near to some of you.
You may say so any Sunday.
They see a city by the sea.
Now you see why some know so few.
The law says no singer may sing.
A new sailor saw a silver sea.
How do you say sorry to a sister?
The shy sheep may show a shoe.
You say she saw a ship on a sunny day.
""".splitlines()
"""With many words that begin with a hiss after a vowel."""

SPANISH = """\
El corazón late unas cien mil veces cada día.
La luz del sol tarda ocho minutos en llegar hasta nosotros.
Dentro de la célula, las proteínas se pliegan y se unen.
Cuando el hielo se derrite, sus moléculas empiezan a moverse.
Los ríos excavan valles, y los glaciares los ensanchan.
En la oscuridad, la pupila se abre; con mucha luz, se cierra.
Nadie había medido antes la velocidad del sonido en el agua.
Las plantas convierten agua, aire y luz en azúcar.
Las abejas se dicen unas a otras hacia dónde volar.
El anticuerpo encaja en el receptor, junto a la membrana.
Ahora no puede formar parejas, y la señal se apaga.
El cobre conduce la corriente, y la goma la detiene.
Los antibióticos matan bacterias, pero no sirven contra un resfriado.
Mucho antes de los relojes, la gente leía la hora en las sombras.
Lo que parece una sola estrella suele ser una pareja.
La vacuna enseña al cuerpo un trozo inofensivo del virus.
Un gato que cae se endereza en menos de un segundo.
Con quimioterapia, redujo las recaídas casi a la mitad.
""".splitlines()

GERMAN = """\
Das Herz schlägt jeden Tag etwa hunderttausend Mal.
Das Licht der Sonne braucht acht Minuten bis zu uns.
In der Zelle falten sich Proteine und lagern sich aneinander.
Wenn Eis schmilzt, beginnen seine Moleküle zu gleiten.
Flüsse graben Täler, und Gletscher machen sie breiter.
Im Dunkeln öffnet sich die Pupille; bei Licht schließt sie sich.
Niemand hatte zuvor die Geschwindigkeit des Schalls im Wasser gemessen.
Pflanzen machen aus Wasser, Luft und Licht Zucker.
Bienen zeigen einander im Tanz, wohin sie fliegen sollen.
Der Antikörper passt an den Rezeptor, dicht an der Membran.
Jetzt kann er kein Paar mehr bilden, und das Signal erlischt.
Kupfer leitet den Strom, und Gummi hält ihn auf.
Antibiotika töten Bakterien, gegen eine Erkältung helfen sie nicht.
Lange vor den Uhren lasen die Menschen die Zeit aus Schatten.
Was wie ein einzelner Stern aussieht, ist oft ein Paar.
Die Impfung zeigt dem Körper ein harmloses Stück des Virus.
Eine fallende Katze dreht sich in weniger als einer Sekunde um.
Mit Chemotherapie halbierte es die frühen Rückfälle beinahe.
""".splitlines()

ITALIAN = """\
Il cuore batte circa centomila volte ogni giorno.
La luce del sole impiega otto minuti per arrivare fino a noi.
Dentro la cellula le proteine si piegano e si uniscono.
Quando il ghiaccio si scioglie, le sue molecole cominciano a muoversi.
I fiumi scavano le valli, e i ghiacciai le allargano.
Al buio la pupilla si apre; con molta luce si chiude.
Nessuno aveva mai misurato la velocità del suono nell'acqua.
Le piante trasformano acqua, aria e luce in zucchero.
Le api si dicono l'una all'altra dove volare.
Il rame conduce la corrente, e la gomma la ferma.
Molto prima degli orologi, la gente leggeva il tempo nelle ombre.
Quella che sembra una sola stella è spesso una coppia.
""".splitlines()

CATALAN = """\
El cor batega unes cent mil vegades cada dia.
La llum del sol triga vuit minuts a arribar fins a nosaltres.
Dins de la cèl·lula les proteïnes es pleguen i s'uneixen.
Quan el gel es fon, les seves molècules comencen a moure's.
Els rius excaven valls, i les glaceres les eixamplen.
A les fosques la pupil·la s'obre; amb molta llum es tanca.
Ningú no havia mesurat abans la velocitat del so a l'aigua.
Les plantes converteixen aigua, aire i llum en sucre.
Les abelles es diuen les unes a les altres cap on volar.
El coure condueix el corrent, i la goma l'atura.
Molt abans dels rellotges, la gent llegia l'hora en les ombres.
El que sembla un sol estel sovint és una parella.
""".splitlines()

CZECH = """\
Srdce bije každý den asi stotisíckrát.
Světlo slunce k nám letí osm minut.
Uvnitř buňky se bílkoviny skládají a spojují.
Když led taje, jeho molekuly se začnou pohybovat.
Řeky hloubí údolí, a ledovce je rozšiřují.
Ve tmě se zornice otevře, na světle se zavře.
Nikdo předtím rychlost zvuku ve vodě nezměřil.
Rostliny mění vodu, vzduch a světlo v cukr.
Včely si navzájem říkají, kam mají letět.
Měď vede proud, a guma ho zastaví.
Dávno před hodinami lidé četli čas ze stínů.
Co vypadá jako jedna hvězda, bývá často pár.
""".splitlines()

FINNISH = """\
Sydän lyö joka päivä noin satatuhatta kertaa.
Auringon valo kulkee luoksemme kahdeksan minuuttia.
Solun sisällä proteiinit laskostuvat ja liittyvät yhteen.
Kun jää sulaa, sen molekyylit alkavat liikkua.
Joet kaivertavat laaksoja, ja jäätiköt leventävät niitä.
Pimeässä pupilli avautuu, kirkkaassa valossa se sulkeutuu.
Kukaan ei ollut ennen mitannut äänen nopeutta vedessä.
Kasvit muuttavat veden, ilman ja valon sokeriksi.
Mehiläiset kertovat toisilleen, minne lentää.
Kupari johtaa virtaa, ja kumi pysäyttää sen.
Kauan ennen kelloja ihmiset lukivat ajan varjoista.
Se mikä näyttää yhdeltä tähdeltä, on usein pari.
""".splitlines()

RUSSIAN = """\
Сердце бьётся около ста тысяч раз в день.
Свет солнца доходит до нас за восемь минут.
Внутри клетки белки складываются и соединяются.
Когда лёд тает, его молекулы начинают двигаться.
Реки роют долины, и ледники их расширяют.
В темноте зрачок открывается, на свету он закрывается.
Никто раньше не измерял скорость звука в воде.
Растения превращают воду, воздух и свет в сахар.
Пчёлы говорят друг другу, куда лететь.
Медь проводит ток, а резина его задерживает.
Задолго до часов люди читали время по теням.
То, что кажется одной звездой, часто бывает парой.
""".splitlines()
