using Keelson.Flags;

namespace Keelson.Configuration;

/// <summary>A configuration file can't be used.</summary>
/// <param name="path">The file.</param>
/// <param name="detail">What is wrong; a line each.</param>
/// <param name="inner">Why.</param>
internal sealed class ConfigurationException(string path, string detail, Exception? inner = null)
    : FlagException(string.Join('\n', detail.Split('\n').Select(line => $"{path}: {line}")), inner)
{
    /// <summary>What is wrong, without the file's name.</summary>
    public string Detail => detail;
}
