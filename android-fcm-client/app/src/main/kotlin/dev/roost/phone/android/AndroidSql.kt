package dev.roost.phone.android

import android.content.Context
import android.database.Cursor
import android.database.sqlite.SQLiteCursor
import android.database.sqlite.SQLiteDatabase
import android.database.sqlite.SQLiteOpenHelper
import android.database.sqlite.SQLiteProgram
import dev.roost.phone.core.store.Row
import dev.roost.phone.core.store.Schema
import dev.roost.phone.core.store.Sql

/** The core's database on Android. */
class AndroidSql(context: Context) : Sql {
    private val database = Helper(context).writableDatabase

    override fun change(sql: String, args: List<Any?>): Int =
        database.compileStatement(sql).use { statement ->
            bind(statement, args)
            statement.executeUpdateDelete()
        }

    /** `rawQuery` would bind every argument as text. */
    override fun query(sql: String, args: List<Any?>): List<Row> {
        val typed = SQLiteDatabase.CursorFactory { _, driver, table, query ->
            bind(query, args)
            SQLiteCursor(driver, table, query)
        }
        return database.rawQueryWithFactory(typed, sql, null, "").use { cursor ->
            val rows = ArrayList<Row>(cursor.count)
            while (cursor.moveToNext()) rows.add(row(cursor))
            rows
        }
    }

    private fun row(cursor: Cursor): Row =
        Row(cursor.columnNames.withIndex().associate { (index, name) -> name to value(cursor, index) })

    private fun value(cursor: Cursor, index: Int): Any? =
        when (cursor.getType(index)) {
            Cursor.FIELD_TYPE_NULL -> null
            Cursor.FIELD_TYPE_INTEGER -> cursor.getLong(index)
            else -> cursor.getString(index)
        }

    private fun bind(program: SQLiteProgram, args: List<Any?>) {
        args.forEachIndexed { index, arg ->
            when (arg) {
                null -> program.bindNull(index + 1)
                is String -> program.bindString(index + 1, arg)
                is Boolean -> program.bindLong(index + 1, if (arg) 1 else 0)
                is Number -> program.bindLong(index + 1, arg.toLong())
                else -> throw IllegalArgumentException("no column holds ${arg.javaClass}")
            }
        }
    }

    override fun begin() = database.beginTransaction()

    override fun commit() {
        database.setTransactionSuccessful()
        database.endTransaction()
    }

    /** A commit that failed, on a full disk, has ended the transaction already. */
    override fun rollback() {
        if (database.inTransaction()) database.endTransaction()
    }

    override fun close() = database.close()

    /** One connection in a journal mode without write-ahead log, so that the pragmas hold for every statement. */
    private class Helper(context: Context) : SQLiteOpenHelper(context, "phone.sqlite", null, Schema.VERSION) {
        override fun onConfigure(db: SQLiteDatabase) {
            db.disableWriteAheadLogging()
            for (pragma in listOf("synchronous=FULL", "secure_delete=ON")) {
                db.rawQuery("PRAGMA $pragma", null).use { it.moveToFirst() }
            }
        }

        override fun onCreate(db: SQLiteDatabase) = Schema.statements.forEach(db::execSQL)

        /** Android calls it within a transaction: an update that fails leaves the tables as they were. */
        override fun onUpgrade(db: SQLiteDatabase, oldVersion: Int, newVersion: Int) {
            for (version in oldVersion + 1..newVersion) Schema.upgrades.getValue(version).forEach(db::execSQL)
        }
    }
}
