using System.Xml.Linq;

namespace Keelson.Style.Tests;

/// <summary>The projects and what lies in the repository.</summary>
public sealed class ProjectTests
{
    /// <summary>From the bottom up: a project refers to those before it only.</summary>
    private static readonly string[] Layers =
    [
        "Keelson.Api.Generator", "Keelson.Machinery", "Keelson.Api", "Keelson.Rpc", "Keelson.Streaming", "Keelson.Store", "Keelson.Client",
        "Keelson.Server", "Keelson.Controllers", "Keelson.Scheduler", "Keelson.Node", "Keelson.Network", "Keelson.Simulation",
        "Keelson.Cluster", "Keelson",
    ];

    /// <summary>The roles speak to each other through the client's contract alone.</summary>
    private static readonly string[] Roles =
        ["Keelson.Server", "Keelson.Controllers", "Keelson.Scheduler", "Keelson.Node", "Keelson.Network"];

    [Fact]
    public void References_go_one_way()
    {
        List<string> wrong = [];
        foreach (string project in Repository.Files("*.csproj").Where(path => path.StartsWith("src/", StringComparison.Ordinal)))
        {
            string name = Path.GetFileNameWithoutExtension(project);
            int layer = Array.IndexOf(Layers, name);
            if (layer < 0)
            {
                wrong.Add($"{name} has no place among the layers");
            }

            foreach (string target in References(project))
            {
                bool toNeighbour = Roles.Contains(name) && Roles.Contains(target);
                if (Array.IndexOf(Layers, target) >= layer || toNeighbour)
                {
                    wrong.Add($"{name} refers to {target}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_project_is_in_the_solution_and_every_library_has_tests()
    {
        string[] inSolution = [.. XDocument.Load(Path.Combine(Repository.Root, "Keelson.slnx")).Descendants("Project")
            .Select(one => (string)one.Attribute("Path")!)];
        Assert.Empty(Repository.Files("*.csproj").Except(inSolution));
        Assert.Empty(inSolution.Except(Repository.Files("*.csproj")));
        string[] untested = [.. inSolution.Where(path => path.StartsWith("src/", StringComparison.Ordinal))
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Except(["Keelson", "Keelson.Api.Generator"])
            .Where(name => !inSolution.Contains($"tests/{name}.Tests/{name}.Tests.csproj"))];
        Assert.Empty(untested);
    }

    [Fact]
    public void Nothing_generated_is_kept()
    {
        string[] generated = [.. Repository.Sources
            .Where(file => file.Path.EndsWith(".g.cs", StringComparison.Ordinal)
                || file.Path.EndsWith(".Designer.cs", StringComparison.Ordinal)
                || file.Lines.Take(5).Any(line => line.Contains("<auto-" + "generated", StringComparison.Ordinal)))
            .Select(file => file.Path)];
        Assert.Empty(generated);
    }

    [Fact]
    public void Versions_of_packages_stand_in_one_place()
    {
        string[] own = [.. Repository.Files("*.csproj").Where(path => XDocument.Load(Path.Combine(Repository.Root, path))
            .Descendants("PackageReference").Any(one => one.Attribute("Version") is not null))];
        Assert.Empty(own);
        string dependencies = File.ReadAllText(Path.Combine(Repository.Root, "docs", "DEPENDENCIES.md"));
        string[] used = [.. Repository.Files("*.csproj").Where(path => path.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(path => XDocument.Load(Path.Combine(Repository.Root, path)).Descendants("PackageReference"))
            .Select(one => (string)one.Attribute("Include")!).Distinct().Order(StringComparer.Ordinal)];
        Assert.All(used, package => Assert.Contains(package, dependencies, StringComparison.Ordinal));
    }

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(Path.Combine(Repository.Root, project))
        .Descendants("ProjectReference")
        .Select(one => Path.GetFileNameWithoutExtension((string)one.Attribute("Include")!));
}
