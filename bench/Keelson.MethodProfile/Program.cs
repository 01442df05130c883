using System.IO.Compression;
using Keelson.MethodProfile;

if (args.Length < 3)
{
    Console.Error.WriteLine("usage: Keelson.MethodProfile PROFILE ASSEMBLIES LIST...\n"
        + "  writes the profile (.mibc) of the methods in the lists that DOTNET_JitDisasmSummary wrote;\n"
        + "  ASSEMBLIES is the directory of the program that ran");
    return 2;
}

ProgramTypes types = new(args[1]);
ProfileWriter profile = new(types);
string[] lines = [.. args[2..].SelectMany(File.ReadLines)];
HashSet<string> hot = [.. lines.Where(CompiledMethod.IsHot).Select(CompiledMethod.NameIn)];
int missed = 0;
foreach (string name in lines.Select(CompiledMethod.NameIn).Distinct())
{
    if (CompiledMethod.Parse(name) is not { } method || !profile.Add(method, hot.Contains(name)))
    {
        missed++;
    }
}

// The compiler takes a profile that is zipped under its own name; equal profiles make equal files.
using (ZipArchive zip = new(File.Create(args[0]), ZipArchiveMode.Create))
{
    ZipArchiveEntry entry = zip.CreateEntry(Path.GetFileName(args[0]) + ".dll", CompressionLevel.SmallestSize);
    entry.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    using Stream content = entry.Open();
    content.Write(profile.ToImage());
}

Console.WriteLine($"{profile.Count} methods; {missed} names belong to no method of the program");
return 0;
