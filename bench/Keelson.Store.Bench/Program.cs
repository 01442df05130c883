using System.Globalization;
using Keelson.Store.Bench;
using Keelson.Store.Embedded;

// Measures in a directory that must be empty: durable puts a second, processor time a put; or the time to open 100,000
// objects and the memory they take.
switch (args)
{
    case ["puts", var directory, .. var rest]:
        int writers = Number(rest, 0, 32);
        int valueBytes = Number(rest, 1, 1024);
        EmbeddedStoreOptions options = new() { Directory = directory };
        await PutBench.RunAsync(new EmbeddedStoreOptions(), "memory", writers, valueBytes);
        await PutBench.RunAsync(options, "disk", writers, valueBytes);
        await PutBench.RunAsync(options, "disk", 1, valueBytes);
        return 0;
    case ["load", var directory, .. var rest]:
        await LoadBench.RunAsync(new EmbeddedStoreOptions { Directory = directory }, 100_000, Number(rest, 0, 4600));
        return 0;
    default:
        Console.Error.WriteLine("usage: Keelson.Store.Bench puts DIRECTORY [WRITERS [VALUE-BYTES]]");
        Console.Error.WriteLine("       Keelson.Store.Bench load DIRECTORY [VALUE-BYTES]");
        return 2;
}

static int Number(string[] words, int index, int otherwise) =>
    words.Length > index ? int.Parse(words[index], CultureInfo.InvariantCulture) : otherwise;
