namespace Keelson.EndToEnd.Tests;

/// <summary>The program that tests start as a process of its own.</summary>
internal static class ProgramUnderTest
{
    /// <summary>
    /// The one that <c>./test</c> names in <c>KEELSON_TEST_PROGRAM</c>, trimmed and compiled ahead as users have it;
    /// else the one that was built with the tests.
    /// </summary>
    public static string Path { get; } =
        Environment.GetEnvironmentVariable("KEELSON_TEST_PROGRAM") is { Length: > 0 } named
            ? System.IO.Path.GetFullPath(named)
            : System.IO.Path.Combine(AppContext.BaseDirectory, "keelson");
}
