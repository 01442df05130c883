namespace Keelson.Nodes.Server;

/// <summary>How much a server logs; clients may change it while it runs (<c>/debug/flags/v</c>).</summary>
public sealed class LogVerbosity(int level = 0)
{
    /// <summary>From this level on every request is logged.</summary>
    public const int Requests = 3;

    private volatile int _level = level;

    /// <summary>The level; 0 for what matters only.</summary>
    public int Level
    {
        get => _level;
        set => _level = value;
    }
}
