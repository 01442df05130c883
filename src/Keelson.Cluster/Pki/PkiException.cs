namespace Keelson.Cluster.Pki;

/// <summary>A file of the cluster's PKI is missing, unreadable or doesn't fit the others; the message names it and
/// says what to do.</summary>
public sealed class PkiException(string message, Exception? inner = null) : Exception(message, inner);
