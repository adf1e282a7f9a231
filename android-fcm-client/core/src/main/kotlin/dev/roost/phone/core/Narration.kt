package dev.roost.phone.core

/** Tells the owner what happens, in the log on the screen. Never a text, and a number only masked. */
fun interface Tell {
    operator fun invoke(line: String)
}

/** `+34...222`: enough to recognise one's own number. */
fun masked(number: String): String = if (number.length <= 6) "..." else "${number.take(3)}...${number.takeLast(3)}"

fun counted(count: Int, thing: String): String = "$count $thing${if (count == 1) "" else "s"}"
