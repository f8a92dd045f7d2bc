-- one row a warning on a line of a load in force, with its kind: its words without the values and days it quotes
create or replace temp table warned_told as
with single as (
    select warned.load_id, loads.file, warned.table_name, warned.line, warned.words, unnest(string_split(warned.words, '; ')) as kind
    from warned
    inner join loads on loads.load_id = warned.load_id and loads.undone_at is null
)

select
    load_id, file, table_name, line, words,
    regexp_replace(regexp_replace(kind, ' ''.*?'' ', ' ', 'g'), ',? \d{1,2} [A-Z][a-z]{2} \d{4}', '', 'g') as kind
from single;
