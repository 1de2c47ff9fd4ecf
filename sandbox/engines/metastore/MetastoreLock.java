import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.metastore.HiveMetaStoreClient;
import org.apache.hadoop.hive.metastore.api.DataOperationType;
import org.apache.hadoop.hive.metastore.api.LockComponent;
import org.apache.hadoop.hive.metastore.api.LockLevel;
import org.apache.hadoop.hive.metastore.api.LockRequest;
import org.apache.hadoop.hive.metastore.api.LockResponse;
import org.apache.hadoop.hive.metastore.api.LockState;
import org.apache.hadoop.hive.metastore.api.LockType;
import org.apache.hadoop.hive.metastore.conf.MetastoreConf;

/**
 * A writer that takes an exclusive lock on a table with the metastore's own client, as Iceberg does.
 * Arguments: the metastore's URI, the table, milliseconds between heartbeats (0: none).
 * Prints WAITING once while another client has the lock, then ACQUIRED, and keeps the lock until it is killed.
 */
public final class MetastoreLock {
  public static void main(String[] arguments) throws Exception {
    String table = arguments[1];
    long heartbeat = Long.parseLong(arguments[2]);
    Configuration configuration = MetastoreConf.newMetastoreConf();
    MetastoreConf.setVar(configuration, MetastoreConf.ConfVars.THRIFT_URIS, arguments[0]);
    HiveMetaStoreClient client = new HiveMetaStoreClient(configuration);
    LockComponent component = new LockComponent(LockType.EXCLUSIVE, LockLevel.TABLE, "default");
    component.setTablename(table);
    component.setOperationType(DataOperationType.NO_TXN);
    LockResponse response = client.lock(new LockRequest(List.of(component), "writer", "localhost"));
    long lock = response.getLockid();
    boolean printed = false;
    while (response.getState() == LockState.WAITING) {
      if (!printed) System.out.println("WAITING");
      printed = true;
      Thread.sleep(200);
      response = client.checkLock(lock);
    }
    System.out.println(response.getState());
    while (true) {
      Thread.sleep(heartbeat > 0 ? heartbeat : 60_000);
      if (heartbeat > 0) client.heartbeat(0, lock);
    }
  }
}
