-- one row a table: the newest load in force that fed it; a row written at the desk counts where no file did
select load_tables.table_name, loads.load_id, loads.file, coalesce(employees.name, loads.actor) as who, loads.loaded_at
from load_tables
inner join loads on loads.load_id = load_tables.load_id and loads.undone_at is null
left join employees on employees.employee_id = loads.actor
where load_tables.read > 0
qualify row_number() over (partition by load_tables.table_name order by loads.origin = 'desk', loads.load_id desc) = 1
order by load_tables.table_name;
