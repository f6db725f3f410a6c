"""The first rows of each of many groups."""

from config.replicas import reads


def top_ids(table: str, column: str, order: str, ids, most: int) -> set[int]:
    """The ids of the first `most` rows in `order` of each group in `ids`.

    One query, which reads only the rows that it returns. In a group of ten thousand, too, an index finds the first.
    """
    sql = f"""
        SELECT top.id FROM unnest(%s::bigint[]) AS one_group(id) CROSS JOIN LATERAL (
            SELECT id FROM {table} WHERE {column} = one_group.id ORDER BY {order} LIMIT %s
        ) top
    """
    return {pk for (pk,) in reads.rows(sql, [list(ids), most])}
