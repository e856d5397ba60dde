// Every word of the page, once: key: [Azerbaijani, English, Russian]. {0} {1}: values put in by the page.
const table = {
  skip: ['Vəziyyətə keç', 'Skip to the state of the village', 'К состоянию деревни'],
  language: ['Dil', 'Language', 'Язык'],
  status: ['Vəziyyət', 'State', 'Состояние'],
  flows: ['Güc indi', 'Power now', 'Мощность сейчас'],
  flows_at: ['Güc: {0}', 'Power at {0}', 'Мощность в {0}'],
  planned: ['plan', 'planned', 'план'],
  measured: ['olub', 'as it was', 'как было'],
  day: ['Gün', 'The day', 'День'],
  browse: ['Günlər', 'Days', 'Дни'],
  earlier: ['Əvvəlki gün', 'Day before', 'Предыдущий день'],
  later: ['Növbəti gün', 'Day after', 'Следующий день'],
  now: ['İndi', 'Now', 'Сейчас'],
  around_now: ['İndiyə yaxın 24 saat', '24 hours around now', '24 часа вокруг текущего'],
  map: ['Kənd', 'The village', 'Деревня'],
  find: ['Xəritədə tap', 'Find on the map', 'Найти на карте'],
  alarms: ['Xəbərdarlıqlar', 'Alarms', 'Тревоги'],
  no_alarms: ['Xəbərdarlıq yoxdur.', 'None. Nothing needs you.', 'Нет. Ничего делать не нужно.'],
  places: ['{0} yer', '{0} places', '{0} мест'],
  seen_all: ['Hamısını gördüm', 'All seen', 'Все приняты'],
  since: ['{0} başlayıb', 'since {0}', 'с {0}'],
  over: ['bitib', 'over', 'закончилась'],
  over_unseen: ['Bitib, görülməyib', 'Over and unseen', 'Закончились, не приняты'],
  ack: ['Gördüm', 'Seen', 'Принято'],
  acked: ['{0} görülüb', 'seen {0}', 'принято {0}'],
  level0: ['Məlumat', 'Note', 'Сведение'],
  level1: ['Diqqət', 'Warning', 'Внимание'],
  level2: ['Təcili', 'Urgent', 'Срочно'],
  alarm_clock_jump: ['Saat sıçradı; ondan əvvəlki planlar atılır, növbəti plana qədər hər qurğu öz qaydaları ilə işləyir.', 'The clock jumped; older plans are dropped and everything runs by its own rules until the next plan.', 'Часы скакнули; прежние планы отброшены, до следующего всё работает по своим правилам.'],
  alarm_tick_late: ['İdarə dövrü gecikdi; növbətisi dərhal başlayır.', 'A control cycle ran late; the next starts at once.', 'Цикл управления запоздал; следующий начинается сразу.'],
  alarm_plan_stale: ['Təzə plan yoxdur; qurğular öz qaydaları ilə işləyir, qorumalar qüvvədədir.', 'No fresh plan; equipment runs by its own rules, guards stay in force.', 'Нет свежего плана; оборудование работает по своим правилам, защиты действуют.'],
  alarm_planner_hangs: ['Planlayıcı cavab vermir; idarə onsuz davam edir.', 'The planner does not answer; control goes on without it.', 'Планировщик не отвечает; управление продолжается без него.'],
  alarm_plan_refused: ['Mümkün olmayan qiymətli plan rədd edildi; son yaxşı plan və ya qaydalar qüvvədədir.', 'A plan with impossible values was refused; the last good one or the rules hold.', 'План с невозможными значениями отклонён; действует последний годный или правила.'],
  alarm_plan_short: ['Plana görə tələbatın hamısı ödənməyəcək; ən az vacib olan gözləyir.', 'The plan cannot serve all demand; the least important waits.', 'План покрывает не весь спрос; наименее важное подождёт.'],
  alarm_reading_bad: ['Səhv göstəricilər nəzərə alınmır; model davam edir.', 'Wrong readings are ignored; the model carries on.', 'Неверные показания отброшены; модель продолжает.'],
  alarm_reading_old: ['Bir göstərici gəlmir; ehtiyatlı tərəf tutulur.', 'A reading has stopped coming; the safe side is taken.', 'Одно показание не приходит; принимается безопасная сторона.'],
  alarm_reading_stuck: ['Göstərici donub; nəzərə alınmır.', 'A reading is stuck; it is ignored.', 'Показание застыло; оно не учитывается.'],
  alarm_silent: ['Göstərici gəlmir; qurğu öz qaydaları ilə işləyir, halı təxmin edilir.', 'No readings; it runs by its own rules and its state is estimated.', 'Нет показаний; работает по своим правилам, состояние оценивается.'],
  alarm_gateway_down: ['Şlüz susur; arxasındakı hər şey öz qaydaları ilə işləyir.', 'A gateway is silent; everything behind it runs by its own rules.', 'Шлюз молчит; всё за ним работает по своим правилам.'],
  alarm_island: ['Şəbəkə yoxdur; kənd öz mənbələri ilə işləyir, çatmasa razılaşdırılmış sıra ilə azaldır.', 'No grid; the village runs on its own sources and sheds in the agreed order if they do not suffice.', 'Сети нет; деревня работает от своих источников, при нехватке ограничивает в согласованном порядке.'],
  alarm_limit: ['Xətt və ya şəbəkə qoşulması həddindədir.', 'A line or the grid connection is at its limit.', 'Линия или ввод сети на пределе.'],
  alarm_short: ['Tələbat tam ödənmir.', 'Demand is not fully served.', 'Спрос покрыт не полностью.'],
  alarm_shed: ['Həddi saxlamaq üçün tələbat razılaşdırılmış sıra ilə azaldılıb.', 'Demand is reduced in the agreed order to keep a limit.', 'Спрос снижен в согласованном порядке, чтобы удержать предел.'],
  alarm_fault: ['Qurğu nasazlıq bildirir.', 'The equipment reports a fault.', 'Оборудование сообщает о неисправности.'],
  alarm_water_short: ['Çay hamıya çatmır; ekoloji axın birincidir.', 'The river cannot serve all takers; the environmental flow comes first.', 'Реки на всех не хватает; экологический сток прежде всего.'],
  alarm_store_behind: ['Tarix saxlanılmır (disk doludur və ya yavaşdır); idarəyə təsir etmir.', 'History is not being saved (disk full or too slow); control is not affected.', 'История не сохраняется (диск полон или медленный); на управление не влияет.'],
  alarm_requests_refused: ['Eyni anda çox sorğu; bəziləri rədd edildi.', 'Too many requests at once; some were refused.', 'Слишком много запросов сразу; часть отклонена.'],
  alarm_alarms_full: ['Siyahıya sığmayan xəbərdarlıqlar var.', 'More alarms than the list holds.', 'Тревог больше, чем вмещает список.'],
  overrides: ['Əl ilə qoyulanlar', 'Set by hand', 'Задано вручную'],
  until: ['{0} qədər', 'until {0}', 'до {0}'],
  take_back: ['Geri al', 'Take back', 'Отменить'],
  live: ['Canlı', 'Live', 'Онлайн'],
  starting: ['Başlayır…', 'Starting…', 'Запуск…'],
  lost: ['Əlaqə kəsilib: rəqəmlər {0} köhnədir', 'Connection lost: figures are {0} old', 'Связь потеряна: данным {0}'],
  lost_sentence: ['Səhifənin kəndlə əlaqəsi yoxdur. Kənd özü işləyir; rəqəmlər köhnədir.', 'This page has lost the village. The village runs on by itself; the figures below are old.', 'Страница потеряла связь. Деревня работает сама; цифры ниже устарели.'],
  warming: ['Keçmiş günlər hesablanır: {0}', 'Making the days behind: {0}', 'Считаются прошедшие дни: {0}'],
  well: ['Hər şey qaydasındadır', 'All well', 'Всё в порядке'],
  from: ['{0} çay və günəşdən', '{0} from the river and sun', '{0} от реки и солнца'],
  from_river: ['{0} çaydan', '{0} from the river', '{0} от реки'],
  from_sun: ['{0} günəşdən', '{0} from the sun', '{0} от солнца'],
  sold: ['{0} satılır', '{0} sold', '{0} продаётся'],
  bought: ['{0} alınır', '{0} bought', '{0} покупается'],
  balanced: ['şəbəkədən heç nə', 'nothing from the grid', 'ничего из сети'],
  island: ['Şəbəkə yoxdur: kənd özünü {0} ilə təmin edir', 'No grid: the village carries itself with {0}', 'Сети нет: деревня питает себя сама, {0}'],
  own: ['{0} kəndin özündən', '{0} of the village’s own', '{0} своей энергии'],
  island_battery: ['batareyada {0} var', 'the battery holds {0}', 'в батарее {0}'],
  outside: ['çöldə {0}', '{0} outside', 'снаружи {0}'],
  home_mean: ['evlərdə {0}', 'homes {0}', 'в домах {0}'],
  home_min: ['ən soyuğu {0}', 'coldest {0}', 'самый холодный {0}'],
  look: ['Hər şey işləyir. Baxın', 'Everything runs. Look at this', 'Всё работает. Взгляните'],
  river: ['Çay', 'River', 'Река'], sun: ['Günəş', 'Sun', 'Солнце'], gas: ['Bioqaz', 'Biogas', 'Биогаз'],
  battery_out: ['Batareyadan', 'From battery', 'Из батареи'], battery_in: ['Batareyaya', 'Into battery', 'В батарею'],
  grid_in: ['Şəbəkədən', 'From grid', 'Из сети'], grid_out: ['Şəbəkəyə', 'To grid', 'В сеть'],
  homes: ['Evlər', 'Homes', 'Дома'], services: ['Xidmətlər', 'Services', 'Службы'], light: ['İşıqlar', 'Street light', 'Освещение'],
  water: ['Suvarma', 'Irrigation', 'Полив'], farm: ['Təsərrüfat', 'Farm', 'Хозяйство'], plant: ['Bioqaz qurğusu', 'Biogas plant', 'Биогаз, свои нужды'], losses: ['İtkilər', 'Losses', 'Потери'],
  use_line: ['İstehlak', 'Use', 'Потребление'],
  together: ['cəmi', 'together', 'всего'],
  plan: ['Plan', 'Plan', 'План'],
  plan_words: ['{0} planı ({1}): növbəti 24 saatda {2} alınır, {3} satılır. Mümkün olan ən yaxşıdan ən çoxu {4} uzaq; {5} hesablanıb.', 'Plan of {0} ({1}): in the next 24 hours {2} bought, {3} sold. At most {4} from the best possible; found in {5}.', 'План {0} ({1}): за 24 часа куплено на {2}, продано на {3}. Не дальше {4} от наилучшего; найден за {5}.'],
  no_plan: ['Plan yoxdur: hər qurğu öz qaydaları ilə işləyir.', 'No plan: every piece of equipment follows its own rules.', 'Плана нет: всё работает по своим правилам.'],
  decides: ['Bu gün nə həlledicidir', 'What decides today', 'Что решает сегодня'],
  price: ['Kəndin qiyməti', 'Village price', 'Цена в деревне'],
  no_price: ['Tarif {0}: {1} alış, {2} satış', 'Tariff {0}: {1} to buy, {2} to sell', 'Тариф {0}: покупка {1}, продажа {2}'],
  tariff: ['tarif', 'tariff', 'тариф'],
  per_kWh: ['{0} {1}/kVt·s', '{0} {1}/kWh', '{0} {1}/кВт·ч'],
  store_gas: ['Qaz anbarı', 'Gas holder', 'Газгольдер'], store_forebay: ['Su hovuzu', 'Forebay', 'Напорный бассейн'],
  store_battery: ['Batareya', 'Battery', 'Батарея'], store_tank: ['Su çəni', 'Water tank', 'Водяной бак'],
  of_usable: ['istifadə olunandan', 'of what is usable', 'от полезного'],
  why: ['Niyə?', 'Why?', 'Почему?'],
  made_of: ['Nədən ibarətdir', 'What it is made of', 'Из чего состоит'],
  members: ['{0} sıranın ən böyükləri', 'the largest of {0} series', 'крупнейшие из {0} рядов'],
  setpoints: ['Tapşırıqlar və səbəbləri', 'Set-points and their reasons', 'Уставки и причины'],
  nothing_decided: ['Bunu heç kim idarə etmir; ölçülür.', 'Nobody decides this; it is measured.', 'Этим никто не управляет; это измеряется.'],
  kind_source: ['Kim', 'Who', 'Кто'], kind_asked: ['İstənilən', 'Asked', 'Запрошено'], kind_correction: ['Düzəliş', 'Correction', 'Поправка'],
  kind_guard: ['Qoruma', 'Guard', 'Защита'], kind_price: ['Qiymət', 'Price', 'Цена'], kind_limit: ['Hədd', 'Limit', 'Предел'],
  kind_resident: ['Sakin', 'Resident', 'Житель'], kind_policy: ['Qayda', 'Rule', 'Правило'], kind_status: ['Hal', 'Status', 'Статус'],
  override: ['Əl ilə qoy', 'Set by hand', 'Задать вручную'],
  value: ['Qiymət', 'Value', 'Значение'],
  ends: ['Nə vaxta qədər', 'Until', 'До'],
  ends_note: ['Sonra plan yenidən qərar verir. Qorumalar həmişə üstündür.', 'Then the plan decides again. Guards always outrank it.', 'Затем снова решает план. Защиты всегда важнее.'],
  minutes: ['{0} dəq', '{0} min', '{0} мин'], hours: ['{0} saat', '{0} h', '{0} ч'],
  set: ['Qoy', 'Set', 'Задать'], cancel: ['İmtina', 'Cancel', 'Отмена'], close: ['Bağla', 'Close', 'Закрыть'],
  done_until: ['Qoyuldu: {0} qədər.', 'Set until {0}.', 'Задано до {0}.'],
  token_ask: ['Dəyişiklik üçün başlanğıcda çap olunan açarı yazın', 'Changes need the token printed when kend started', 'Для изменений нужен ключ, напечатанный при запуске'],
  token: ['Açar', 'Token', 'Ключ'],
  password_ask: ['Kəndin parolu', 'The village’s password', 'Пароль деревни'],
  enter: ['Daxil ol', 'Enter', 'Войти'],
  state: ['Hal', 'State', 'Состояние'], readings: ['Göstəricilər', 'Readings', 'Показания'], about: ['Haqqında', 'About', 'Сведения'],
  flow: ['Axınlar', 'Flows', 'Потоки'],
  read_at: ['ölçülüb: {0}', 'read at {0}', 'измерено в {0}'],
  st_ok: ['işləyir', 'works', 'работает'], st_out: ['istifadədə deyil', 'not in use', 'не используется'], st_fault: ['nasaz', 'fault', 'неисправно'],
  st_lost: ['əlaqə yox', 'no link', 'нет связи'], st_shed: ['azaldılıb', 'shed', 'ограничено'],
  place_hazard: ['buraxılmayıb', 'not released', 'не разминировано'], place_under_construction: ['tikilir', 'being built', 'строится'],
  place_released: ['buraxılıb', 'released', 'передано'], place_commissioned: ['təhvil verilib', 'commissioned', 'сдано'], place_in_use: ['istifadədə', 'in use', 'используется'],
  c_home: ['ev', 'home', 'дом'], c_street: ['küçə işığı', 'street light', 'фонари'], c_bin: ['tullantı qabı', 'bin', 'бак'], c_plant: ['qurğu', 'plant', 'установка'],
  c_field: ['sahə', 'field', 'поле'], c_river: ['çay', 'river', 'река'],
  try: ['Sınaq', 'Try it', 'Попробовать'],
  try_note: ['Bu, əkiz kənddir: heç nə real deyil.', 'This is the twin: nothing real happens.', 'Это двойник: ничего настоящего не происходит.'],
  try_grid_out: ['Şəbəkəni kəs', 'Cut the grid', 'Отключить сеть'], try_screw_stop: ['Burğunu dayandır', 'Stop a screw', 'Остановить винт'],
  try_cold_wave: ['Soyuq dalğa', 'Cold wave', 'Похолодание'], try_dry_river: ['Quru çay', 'Dry river', 'Сухая река'], try_cloud_front: ['Bulud cəbhəsi', 'Cloud front', 'Облака'],
  try_clear: ['Hamısını bitir', 'End all', 'Завершить всё'],
  speed: ['Sürət', 'Speed', 'Скорость'],
  answer_grid_out: ['Şəbəkə iki saatlığa kəsildi', 'The grid is cut for two hours', 'Сеть отключена на два часа'],
  answer_screw_stop: ['Bir burğu altı saat dayanır', 'One screw stands still for six hours', 'Один винт стоит шесть часов'],
  answer_cold_wave: ['İki gün 12 K soyuqdur', 'It is 12 K colder for two days', 'Два дня холоднее на 12 К'],
  answer_dry_river: ['Çay üç gün suyunun üçdə birini gətirir', 'The river carries a third of its water for three days', 'Три дня река несёт треть воды'],
  answer_cloud_front: ['Bulud cəbhəsi üç saat günəşin beşdə dördünü alır', 'A cloud front takes four fifths of the sun for three hours', 'Облака на три часа забирают четыре пятых солнца'],
  answer_clear: ['Hər şey əvvəlki kimidir', 'All is as it was', 'Всё как было'],
  answer_controller_rules: ['Hər qurğu indi öz qaydaları ilə işləyir; heç nə planlanmır.', 'Every device now follows its own rules; nothing is planned.', 'Каждое устройство теперь следует своим правилам; ничего не планируется.'],
  answer_controller_separate: ['Hər sahib indi təkbaşına planlayır.', 'Every owner now plans alone.', 'Каждый владелец теперь планирует в одиночку.'],
  answer_controller_joint: ['Hər şey yenidən birgə planlanır.', 'All is planned together again.', 'Всё снова планируется вместе.'],
  answer_speed: ['Kəndin saatı indi {0} dəfə sürətlidir.', 'The village’s clock now runs {0} times as fast.', 'Часы деревни идут в {0} раз быстрее.'],
  answer_power: ['{0}: kənd {1} istehsal edir, {2} işlədir, {3}; {4}.', '{0}: the village makes {1} and uses {2}, {3}; {4}.', '{0}: деревня вырабатывает {1}, расходует {2}, {3}; {4}.'],
  answer_calm: ['heç nə azaldılmayıb', 'nothing is shed', 'ничего не ограничено'],
  answer_shed: ['{0} istehlakçı gözləyir', '{0} consumers wait', 'ждут потребители: {0}'],
  compare: ['Yan-yana', 'Side by side', 'Сравнить'],
  compare_title: ['Eyni gün, üç cür idarə', 'The same hours, run three ways', 'Те же часы, три способа'],
  compare_note: ['Eyni kənd, hava, tələbat və tarif; {0} – {1}.', 'Same village, weather, demand and tariff; {0} to {1}.', 'Та же деревня, погода, спрос и тариф; {0} – {1}.'],
  rules: ['Qaydalar', 'Rules', 'Правила'], separate: ['Ayrı-ayrı', 'Separate', 'Порознь'], joint: ['Birgə', 'Joint', 'Вместе'], perfect: ['Mükəmməl', 'Perfect', 'Идеал'],
  compare_begun: ['Növbəti 24 saat üç cür hesablanır.', 'The coming 24 hours are being run three ways.', 'Ближайшие 24 часа считаются тремя способами.'],
  compare_less: ['Birgə idarə qaydalardan {0}, ayrı-ayrı planlamadan {1} ucuzdur; {2}.', 'Joint control costs {0} less than rules and {1} less than each alone; {2}.', 'Совместное управление дешевле правил на {0} и раздельного на {1}; {2}.'],
  compare_plain: ['Birgə: {0}, ayrı-ayrı: {1}, qaydalar: {2}; {3}.', 'Joint {0}, each alone {1}, rules {2}; {3}.', 'Вместе {0}, порознь {1}, правила {2}; {3}.'],
  as_warm: ['evlər ən azı qaydalardakı qədər istidir', 'homes are at least as warm as under rules', 'в домах не холоднее, чем при правилах'],
  less_warm: ['evlərə qaydalardakından {0} artıq istilik çatmır', 'homes miss {0} more warmth than under rules', 'домам не хватает на {0} больше, чем при правилах'],
  warming_left: ['Keçmiş günlər hesablanır: {0}, təxminən {1} qalıb', 'Making the days behind: {0}, about {1} left', 'Считаются прошедшие дни: {0}, осталось около {1}'],
  controller: ['İdarə', 'Control', 'Управление'],
  money: ['Xərc', 'Cost', 'Расход'], comfort: ['Çatmayan istilik', 'Warmth missing', 'Не хватило тепла'], import: ['Alınan', 'Bought', 'Куплено'],
  export: ['Satılan', 'Sold', 'Продано'], curtailed: ['İtirilən', 'Thrown away', 'Потеряно'], peak: ['Pik', 'Peak', 'Пик'],
  left: ['təxminən {0} s qalıb', 'about {0} s left', 'осталось около {0} с'],
  working: ['Hesablanır…', 'Working…', 'Считается…'],
  begin: ['Başla', 'Begin', 'Начать'],
};

const order = ['az', 'en', 'ru'];
let current = 'en';

function kept() { try { return localStorage.getItem('kend-language'); } catch { return null; } }
export function startLanguage() {
  const wanted = [kept(), ...navigator.languages.map(l => l.slice(0, 2)), 'en'];
  current = wanted.find(l => order.includes(l));
  document.documentElement.lang = current;
  return current;
}
export function setLanguage(l) {
  current = order.includes(l) ? l : 'en';
  document.documentElement.lang = current;
  try { localStorage.setItem('kend-language', current); } catch { /* private mode */ }
}
export const language = () => current;
// Browsers know no Azerbaijani: its numbers are written as Turkish ones are; its days and months are in time.js.
export const locale = () => ({az: 'tr', en: 'en-GB', ru: 'ru'})[current];
export const has = key => key in table;
export function t(key, ...values) {
  const text = table[key]?.[order.indexOf(current)] ?? key;
  return text.replace(/\{(\d)\}/g, (_, i) => values[i] ?? '');
}
// The words of static elements: data-t the text, data-label the accessible name.
export function translate(root) {
  for (const e of root.querySelectorAll('[data-t]')) e.textContent = t(e.dataset.t);
  for (const e of root.querySelectorAll('[data-label]')) {
    e.setAttribute('aria-label', t(e.dataset.label));
    if ('placeholder' in e) e.placeholder = t(e.dataset.label);
  }
}
export const keys = () => Object.keys(table);
export const row = key => table[key];
